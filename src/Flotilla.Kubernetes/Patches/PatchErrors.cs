using Flotilla.Kubernetes.Errors;

namespace Flotilla.Kubernetes.Patches;

/// <summary>
/// How kube-apiserver answers patches that do not work. The exception's message tells what is wrong; the status, which clients
/// see, is often less talkative.
/// </summary>
internal static class PatchErrors
{
    /// <summary>422 with the general text that the server gives for every patch that does not apply.</summary>
    public static ApiStatusException DoesNotApply(string why) =>
        new(new ApiStatus(422, "Invalid", "the server rejected our request due to an error in our request"), why);

    /// <summary>400: the patch is malformed.</summary>
    public static ApiStatusException Malformed(string why) => ApiStatusException.BadRequest(why);

    /// <summary>400 for a patch of the wrong JSON type, in the words of Go's decoder.</summary>
    public static ApiStatusException WrongType(string got, string goType) =>
        Malformed($"error decoding patch: json: cannot unmarshal {got} into Go value of type {goType}");
}
