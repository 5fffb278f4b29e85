namespace Flotilla.Content;

/// <summary>A body as it comes off the wire, before it is unpacked: watched for progress, and held back as its reader likes.</summary>
/// <param name="body">The body.</param>
/// <param name="deadline">Told of what comes.</param>
/// <param name="received">Told of it, too; more is read when its task is done.</param>
public sealed class WireStream(Stream body, ProgressDeadline deadline, Func<int, CancellationToken, ValueTask>? received) : Stream
{
    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await body.ReadAsync(buffer, cancellationToken);
        if (read == 0)
            return 0;
        if (received is not null)
        {
            // Before it is asked: time may pass as soon as it has begun to hold us back.
            deadline.Suspend();
            var pause = received(read, cancellationToken);
            var waits = !pause.IsCompletedSuccessfully;
            await pause;
            if (waits)
                deadline.Resume();
        }
        deadline.Received(read);
        return read;
    }

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override ValueTask DisposeAsync() => body.DisposeAsync();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            body.Dispose();
        base.Dispose(disposing);
    }
}
