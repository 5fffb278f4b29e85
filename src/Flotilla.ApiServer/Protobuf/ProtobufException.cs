namespace Flotilla.ApiServer.Protobuf;

/// <summary>Bytes that are not the message they should be; the message says why, as Go's decoder does.</summary>
internal sealed class ProtobufException(string message) : Exception(message)
{
    /// <summary>What the envelope said; null when already the envelope could not be read.</summary>
    public string? ApiVersion { get; init; }

    /// <summary>What the envelope said; null when already the envelope could not be read.</summary>
    public string? Kind { get; init; }
}
