using System.Buffers.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flotilla.ApiServer.Storage;
using Flotilla.Kubernetes.Errors;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Resources;

/// <summary>Where the next page of a list begins: the revision of the first page and the last key that was given out.</summary>
internal readonly record struct ContinueToken(long Revision, ObjectKey After)
{
    private const string Version = "meta.k8s.io/v1";

    public string Encode() =>
        Base64Url.EncodeToString(JsonText.ToUtf8(new JsonObject { ["v"] = Version, ["rv"] = Revision, ["start"] = $"{After.Namespace}/{After.Name}" }));

    /// <exception cref="ApiStatusException">400: not a token of ours.</exception>
    public static ContinueToken Decode(string text)
    {
        JsonNode? token;
        try
        {
            token = JsonText.Parse(Base64Url.DecodeFromChars(text));
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            throw Bad(e.Message);
        }
        var start = token.String("start");
        var slash = start?.IndexOf('/', StringComparison.Ordinal) ?? -1;
        if (token.String("v") != Version || token.Member("rv").AsInt64OrNull() is not (> 0 and { } revision) || slash < 0)
            throw Bad("incorrect encoded token");
        return new ContinueToken(revision, new ObjectKey(start![..slash], start[(slash + 1)..]));
    }

    public static ApiStatusException Bad(string why) =>
        ApiStatusException.BadRequest($"invalid continue token: continue key is not valid: {why}");
}
