using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;

namespace Flotilla.Agent.Program;

/// <summary>Logs a line each to standard error, as text or JSON.</summary>
internal sealed class LineLogger(bool json, TimeProvider time) : ILogger
{
    private static readonly Lock Gate = new();

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel))
            return;
        var message = formatter(state, exception);
        if (exception is not null)
            message += $": {exception.GetType().Name}: {exception.Message}";
        var now = time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        var line = json
            ? new JsonObject { ["time"] = now, ["level"] = logLevel.ToString(), ["message"] = message }.ToJsonString()
            : $"{now} {Short(logLevel)} {message.ReplaceLineEndings(" ")}";
        lock (Gate)
            Console.Error.WriteLine(line);
    }

    private static string Short(LogLevel level) => level switch
    {
        LogLevel.Information => "info ",
        LogLevel.Warning => "warn ",
        _ => "error",
    };
}
