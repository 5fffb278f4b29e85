using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Flotilla.Content.Trust;

/// <summary>How signed and sealed things are written as JSON, without reflection. A member given twice is refused: readers could differ on it.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    AllowDuplicateProperties = false)]
[JsonSerializable(typeof(DsseEnvelope))]
[JsonSerializable(typeof(KeySet))]
[JsonSerializable(typeof(EpochGrant))]
[JsonSerializable(typeof(SiteTokenHeader))]
[JsonSerializable(typeof(SiteTokenClaims))]
[JsonSerializable(typeof(SealedHeader))]
internal sealed partial class TrustJson : JsonSerializerContext
{
    /// <summary>Without escapes for HTML, which these texts never meet: base64 stays as short as it is.</summary>
    public static TrustJson Plain => field ??= new(new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
