using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Flotilla.Content.Tests;

/// <summary>A server on loopback that answers each request with the next of some raw answers, as hostile as a test likes.</summary>
internal sealed class BlobServer : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource closing = new();
    private readonly Queue<Func<NetworkStream, CancellationToken, Task>> answers = new();
    private readonly Task serving;

    public BlobServer(params Func<NetworkStream, CancellationToken, Task>[] answers)
    {
        foreach (var answer in answers)
            this.answers.Enqueue(answer);
        listener.Start();
        serving = ServeAsync();
    }

    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/");

    /// <summary>The heads of the requests that came.</summary>
    public List<string> Requests { get; } = [];

    /// <summary>The ranges that were asked for; empty where none was.</summary>
    public IEnumerable<string> Ranges => Requests.Select(r => r.Split("\r\n").FirstOrDefault(l => l.StartsWith("Range: ", StringComparison.Ordinal))?["Range: ".Length..] ?? "");

    public static Func<NetworkStream, CancellationToken, Task> Answer(string head, ReadOnlyMemory<byte> body = default) => async (stream, cancellation) =>
    {
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {head.ReplaceLineEndings("\r\n")}\r\nConnection: close\r\n\r\n"), cancellation);
        await stream.WriteAsync(body, cancellation);
    };

    /// <summary>Sends some, and then neither goes on nor ends.</summary>
    public static Func<NetworkStream, CancellationToken, Task> StandStillAfter(string head, ReadOnlyMemory<byte> body, TaskCompletionSource reached) =>
        async (stream, cancellation) =>
        {
            await Answer(head, body)(stream, cancellation);
            reached.SetResult();
            await new TaskCompletionSource().Task.WaitAsync(cancellation);
        };

    public static Task Busy(NetworkStream stream, CancellationToken cancellation) =>
        Answer("503 Service Unavailable\nContent-Length: 0")(stream, cancellation);

    /// <summary>The client's handler tries such a request again by itself.</summary>
    public static Task HangUp(NetworkStream stream, CancellationToken cancellation) => Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await closing.CancelAsync();
        listener.Dispose();
        await serving;
        closing.Dispose();
    }

    private async Task ServeAsync()
    {
        try
        {
            while (answers.TryDequeue(out var answer))
            {
                using var client = await listener.AcceptTcpClientAsync(closing.Token);
                await using var stream = client.GetStream();
                Requests.Add(await ReadHeadAsync(stream));
                await answer(stream, closing.Token);
            }
            // One request too many is refused at once.
            listener.Stop();
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException or SocketException)
        {
            // The test is over, or the client went away.
        }
    }

    private async Task<string> ReadHeadAsync(NetworkStream stream)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal) && await stream.ReadAsync(one, closing.Token) > 0)
            head.Append((char)one[0]);
        return head.ToString();
    }
}
