namespace Flotilla.Kubernetes.Errors;

/// <summary>A request failed with a <see cref="ApiStatus"/>. The static members build the failures that kube-apiserver gives.</summary>
/// <param name="status">What the caller is told.</param>
/// <param name="why">The exception's message, where it can say more than the status does.</param>
public sealed class ApiStatusException(ApiStatus status, string? why = null) : Exception(why ?? status.Message)
{
    /// <summary>What the caller is told.</summary>
    public ApiStatus Status { get; } = status;

    /// <summary>400: the request cannot be understood.</summary>
    public static ApiStatusException BadRequest(string message) => new(new ApiStatus(400, "BadRequest", message));

    /// <summary>401: nobody known.</summary>
    public static ApiStatusException Unauthorized() => new(new ApiStatus(401, "Unauthorized", "Unauthorized"));

    /// <summary>404: no object of this name.</summary>
    public static ApiStatusException NotFound(string group, string resource, string name) =>
        new(new ApiStatus(404, "NotFound", $"{Qualified(resource, group)} \"{name}\" not found") { Name = name, Group = group, Kind = resource });

    /// <summary>404: no such path.</summary>
    public static ApiStatusException NoSuchPath() =>
        new(new ApiStatus(404, "NotFound", "the server could not find the requested resource"));

    /// <summary>405: the resource does not know the verb.</summary>
    public static ApiStatusException MethodNotAllowed(string group, string resource, string verb) =>
        new(new ApiStatus(405, "MethodNotAllowed", $"{verb} is not supported on resources of kind \"{Qualified(resource, group)}\"")
        { Group = group, Kind = resource });

    /// <summary>409: an object of this name exists.</summary>
    public static ApiStatusException AlreadyExists(string group, string resource, string name) =>
        new(new ApiStatus(409, "AlreadyExists", $"{Qualified(resource, group)} \"{name}\" already exists") { Name = name, Group = group, Kind = resource });

    /// <summary>409: somebody else changed it in between.</summary>
    public static ApiStatusException Conflict(string group, string resource, string name, string why) =>
        new(new ApiStatus(409, "Conflict", $"Operation cannot be fulfilled on {Qualified(resource, group)} \"{name}\": {why}")
        { Name = name, Group = group, Kind = resource });

    /// <summary>410: what was asked for is too old to be known.</summary>
    public static ApiStatusException Expired(string message) => new(new ApiStatus(410, "Expired", message));

    /// <summary>413: the body is larger than allowed.</summary>
    public static ApiStatusException TooLarge(string message) => new(new ApiStatus(413, "RequestEntityTooLarge", message));

    /// <summary>415: the media type of the body is not known here.</summary>
    public static ApiStatusException UnsupportedMediaType(string message) => new(new ApiStatus(415, "UnsupportedMediaType", message));

    /// <summary>422: the object breaks rules; all of them are named.</summary>
    public static ApiStatusException Invalid(string group, string kind, string name, IReadOnlyList<FieldError> errors)
    {
        var texts = errors.Select(e => e.ToString()).Distinct().ToList();
        var what = texts.Count == 1 ? texts[0] : $"[{string.Join(", ", texts)}]";
        return new(new ApiStatus(422, "Invalid", $"{Qualified(kind, group)} \"{name}\" is invalid: {what}")
        {
            Name = name,
            Group = group,
            Kind = kind,
            Causes = [.. errors.Select(e => new StatusCause(e.Type.Reason(), e.Message, e.Field.Length == 0 ? "<nil>" : e.Field))],
        });
    }

    /// <summary>403: known, but not allowed.</summary>
    public static ApiStatusException Forbidden(string group, string resource, string name, string why) =>
        new(new ApiStatus(403, "Forbidden", name.Length == 0
                ? $"{Qualified(resource, group)} is forbidden: {why}"
                : $"{Qualified(resource, group)} \"{name}\" is forbidden: {why}")
        { Name = name, Group = group, Kind = resource });

    private static string Qualified(string resource, string group) => group.Length == 0 ? resource : $"{resource}.{group}";
}
