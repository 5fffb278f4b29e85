using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Flotilla.Cli;

/// <summary>Warnings and errors of the server as lines on standard error.</summary>
internal sealed class ConsoleErrorLogging : ILoggerFactory
{
    public ILogger CreateLogger(string categoryName) => new Lines(categoryName[(categoryName.LastIndexOf('.') + 1)..]);

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("there is one place to log to");

    public void Dispose()
    {
    }

    private sealed class Lines(string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!IsEnabled(logLevel))
                return;
            var time = DateTimeOffset.Now.ToString("HH:mm:ss", CultureInfo.InvariantCulture);
            Console.Error.WriteLine($"{time} {logLevel} {category}: {formatter(state, exception)}{(exception is null ? "" : $": {exception}")}");
        }
    }
}
