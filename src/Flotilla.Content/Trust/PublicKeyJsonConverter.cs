using System.Text.Json;
using System.Text.Json.Serialization;

namespace Flotilla.Content.Trust;

/// <summary>Public keys in JSON: a JWK.</summary>
public sealed class PublicKeyJsonConverter : JsonConverter<PublicKey>
{
    /// <inheritdoc/>
    public override PublicKey Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        try
        {
            return PublicKey.FromJwk(JsonElement.ParseValue(ref reader));
        }
        catch (FormatException exception)
        {
            throw new JsonException(exception.Message, exception);
        }
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, PublicKey value, JsonSerializerOptions options) => writer.WriteRawValue(value.ToJwk());
}
