using Flotilla.Simulation.Time;

namespace Flotilla.Agent.Tests.Syncing;

/// <summary>A body that comes drop by drop: spaces without end, or what is given.</summary>
internal sealed class DroppingStream(SimulatedTime time, TimeSpan every, int bytes, byte[]? content = null) : Stream
{
    private int given;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await Task.Delay(every, time, cancellationToken);
        var count = Math.Min(bytes, content is null ? bytes : content.Length - given);
        if (content is null)
            buffer.Span[..count].Fill((byte)' ');
        else
            content.AsSpan(given, count).CopyTo(buffer.Span);
        given += count;
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
