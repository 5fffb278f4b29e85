using System.IO.Pipelines;

namespace Flotilla.ApiServer.Hosting;

/// <summary>
/// The body of an answer on its way to a client in this process. One that is written whole, with its length announced, is handed over as
/// it is; anything else goes through a pipe, whose writer waits when the client takes nothing.
/// </summary>
internal sealed class MemoryBody(MemoryExchange exchange) : PipeWriter
{
    private readonly Lock gate = new();
    private Pipe? pipe;
    private ReadOnlyMemory<byte>? whole;
    private bool finished;
    private Exception? failure;

    private PipeWriter Writer => Streaming().Writer;

    /// <summary>What the client reads.</summary>
    public HttpContent ToContent()
    {
        lock (gate)
        {
            if (whole is { } bytes)
                return new ReadOnlyMemoryContent(bytes);
            return pipe is null && finished && failure is null ? new ReadOnlyMemoryContent(default) : new StreamContent(new MemoryBodyStream(Streaming().Reader, exchange));
        }
    }

    /// <summary>Nothing more comes; with a failure, the reader is told of it.</summary>
    public void Finish(Exception? cause)
    {
        lock (gate)
        {
            if (finished)
                return;
            finished = true;
            failure = cause;
            pipe?.Writer.Complete(cause);
        }
    }

    public override async ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
    {
        if (!exchange.HasStarted && exchange.Answered.ContentLength == source.Length)
        {
            // A handler that knows the length beforehand does not touch the bytes afterwards.
            whole = source;
            await exchange.StartAsync(cancellationToken);
            return new FlushResult(isCanceled: false, isCompleted: true);
        }
        await exchange.StartAsync(cancellationToken);
        return await Writer.WriteAsync(source, cancellationToken);
    }

    public override async ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        await exchange.StartAsync(cancellationToken);
        return await Writer.FlushAsync(cancellationToken);
    }

    public override Memory<byte> GetMemory(int sizeHint = 0) => Writer.GetMemory(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => Writer.GetSpan(sizeHint);

    public override void Advance(int bytes) => Writer.Advance(bytes);

    public override void CancelPendingFlush() => Writer.CancelPendingFlush();

    public override void Complete(Exception? exception = null) => Finish(exception);

    private Pipe Streaming()
    {
        lock (gate)
        {
            if (pipe is not null)
                return pipe;
            pipe = new Pipe(new PipeOptions(useSynchronizationContext: false));
            if (finished)
                pipe.Writer.Complete(failure);
            return pipe;
        }
    }
}

/// <summary>Reads a body; closing it before its end aborts the request.</summary>
internal sealed class MemoryBodyStream(PipeReader reader, MemoryExchange exchange) : Stream
{
    private readonly Stream inner = reader.AsStream(leaveOpen: true);
    private bool ended;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override int Read(byte[] buffer, int offset, int count) => Seen(count, inner.Read(buffer, offset, count));

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        Seen(buffer.Length, await inner.ReadAsync(buffer, cancellationToken));

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing && !ended)
        {
            ended = true;
            exchange.Abort();
            reader.Complete();
        }
        base.Dispose(disposing);
    }

    private int Seen(int wanted, int read)
    {
        if (read == 0 && wanted > 0 && !ended)
        {
            ended = true;
            reader.Complete();
        }
        return read;
    }
}
