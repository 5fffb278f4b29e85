using System.CommandLine;
using Flotilla.Cli.Connections;
using Flotilla.Cli.Output;
using Flotilla.Kubernetes.Client;
using Flotilla.Kubernetes.Errors;

namespace Flotilla.Cli.Commands;

/// <summary>Runs what a command does, and turns its failures into a sentence and an exit code.</summary>
internal static class CommandRunner
{
    /// <summary>Sets the action of a command that talks with a hub.</summary>
    public static Command Does(this Command command, Func<HubConnection, ParseResult, CancellationToken, Task<int>> action)
    {
        command.SetAction((arguments, cancellation) => GuardAsync(
            async () =>
            {
                using var hub = HubConnection.Open(arguments);
                return await action(hub, arguments, cancellation);
            },
            arguments.Error,
            cancellation));
        return command;
    }

    /// <summary>Runs, and says what went wrong.</summary>
    public static async Task<int> GuardAsync(Func<Task<int>> action, TextWriter error, CancellationToken cancellation)
    {
        try
        {
            return await action();
        }
        catch (CommandException e)
        {
            return Fail(error, e.Message, e.Code);
        }
        catch (ApiStatusException e) when (e.Status is { Code: 404, Group: "flotilla.dev" or null, Name: null })
        {
            return Fail(error, $"{e.Message}\nDoes this API belong to a hub? `flotilla hub install --apply` prepares a cluster for one.");
        }
        catch (ApiStatusException e)
        {
            return Fail(error, e.Message);
        }
        catch (UnknownResourceException e)
        {
            return Fail(error, e.Message);
        }
        catch (HttpRequestException e)
        {
            return Fail(error, $"the hub's API cannot be reached: {e.Message}\nIs the hub running, and is this its kubeconfig?");
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return ExitCodes.Interrupted;
        }
        catch (OperationCanceledException)
        {
            // Nobody interrupted it: a connection or an answer took longer than its client waits. The command line would end without a word.
            return Fail(error, "the hub did not answer in time.\nIs it overloaded, or is the way to it cut? What was asked for may have been done: look before you say it again.", ExitCodes.TimedOut);
        }
    }

    private static int Fail(TextWriter error, string message, int code = ExitCodes.Failed)
    {
        error.WriteLine($"flotilla: {message}");
        return code;
    }
}
