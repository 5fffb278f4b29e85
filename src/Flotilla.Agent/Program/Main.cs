using Flotilla.Agent;
using Flotilla.Agent.Program;

var (arguments, wrong) = AgentArguments.Read(args);
if (arguments is null || (arguments.Command is "run" or "status" or "home" && arguments["state"] is null))
{
    Console.Error.WriteLine($"flotilla-agent: {wrong ?? "say where the state is kept with --state DIR"}\n\n{AgentArguments.Usage}");
    return 2;
}
switch (arguments.Command)
{
    case "run":
        return await RunCommand.RunAsync(arguments);
    case "status":
        return await StatusCommand.RunAsync(arguments["state"]!);
    case "home":
        return await HomeCommand.RunAsync(arguments);
    case "version":
        Console.WriteLine(AgentVersion.Text);
        return 0;
    default:
        Console.WriteLine(AgentArguments.Usage);
        return 0;
}
