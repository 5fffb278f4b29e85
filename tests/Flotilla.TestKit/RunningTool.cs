using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using System.Threading.Channels;

namespace Flotilla.TestKit;

/// <summary>A program that runs beside a test; killed with its children when disposed.</summary>
public sealed class RunningTool : IAsyncDisposable
{
    private readonly Process process;
    private readonly string command;
    private readonly StringBuilder log = new();
    private readonly Channel<string> lines = Channel.CreateUnbounded<string>();
    private readonly Task reading;

    internal RunningTool(Process process, string command)
    {
        this.process = process;
        this.command = command;
        reading = Task.WhenAll(
            ReadAsync(process.StandardOutput, line => lines.Writer.TryWrite(line), () => lines.Writer.TryComplete()),
            ReadAsync(process.StandardError, _ => { }, () => { }));
    }

    /// <summary>Its process id.</summary>
    public int Id => process.Id;

    /// <summary>Both streams so far, with the command in front.</summary>
    public string Log
    {
        get
        {
            lock (log)
                return $"$ {command}\n{log}";
        }
    }

    /// <summary>The next line of its output.</summary>
    /// <exception cref="InvalidOperationException">It ended its output before; the message has its log.</exception>
    public async Task<string> NextLineAsync(CancellationToken cancellation)
    {
        try
        {
            return await lines.Reader.ReadAsync(cancellation);
        }
        catch (ChannelClosedException)
        {
            await reading.WaitAsync(cancellation);
            throw new InvalidOperationException($"no more output:\n{Log}");
        }
    }

    /// <summary>Reads output up to the first line that fits, and returns it.</summary>
    /// <exception cref="InvalidOperationException">No such line came before the end of the output; the message has its log.</exception>
    public async Task<string> LineAsync(Predicate<string> fits, CancellationToken cancellation)
    {
        while (true)
        {
            var line = await NextLineAsync(cancellation);
            if (fits(line))
                return line;
        }
    }

    /// <summary>What Ctrl-C sends.</summary>
    public void Interrupt() => Signal(2);

    /// <summary>What <c>kill</c> and container runtimes send.</summary>
    public void Terminate() => Signal(15);

    /// <summary><c>kill -9</c>: the program gets no chance to do anything.</summary>
    public void Kill() => Signal(9);

    /// <summary><c>kill -9</c>, and it is gone when the task ends.</summary>
    /// <exception cref="InvalidOperationException">It had ended by itself; the message has its log.</exception>
    public async Task KillAsync(CancellationToken cancellation)
    {
        Kill();
        var code = await ExitAsync(cancellation);
        if (code != 128 + 9)
            throw new InvalidOperationException($"it ended by itself with {code}:\n{Log}");
    }

    /// <summary>Waits until it has ended.</summary>
    /// <returns>Its exit code; 128 + the number of the signal when one ended it.</returns>
    public async Task<int> ExitAsync(CancellationToken cancellation)
    {
        await process.WaitForExitAsync(cancellation);
        return process.ExitCode;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
            process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
        process.Dispose();
    }

    private async Task ReadAsync(StreamReader stream, Action<string> line, Action end)
    {
        try
        {
            while (await stream.ReadLineAsync() is { } text)
            {
                lock (log)
                    log.Append(text).Append('\n');
                line(text);
            }
        }
        finally
        {
            end();
        }
    }

    private void Signal(int number)
    {
        if (SendSignal(process.Id, number) != 0 && !process.HasExited)
            throw new InvalidOperationException($"signal {number} did not reach process {process.Id}");
    }

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int SendSignal(int process, int signal);
}
