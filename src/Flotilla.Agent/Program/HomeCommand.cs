using Flotilla.Agent.State;

namespace Flotilla.Agent.Program;

/// <summary><c>flotilla-agent home</c>: the hub moved, and could not tell. Whom the site trusts stays as it is.</summary>
internal static class HomeCommand
{
    public static async Task<int> RunAsync(AgentArguments arguments)
    {
        var (folder, address) = (arguments["state"]!, arguments["hub"]);
        try
        {
            if (!Uri.TryCreate(address, UriKind.Absolute, out var hub) || hub.Scheme is not ("https" or "http"))
                throw new InvalidDataException($"--hub {address} is no address as https://hub.example.com:8443");
            await using var state = await FolderState.OpenAsync(folder, TimeProvider.System, CancellationToken.None);
            var identity = state.Identity ?? throw new InvalidDataException($"{folder} holds no site: nothing is enrolled there");
            await state.SaveIdentityAsync(identity with { Address = hub.ToString() }, CancellationToken.None);
            Console.WriteLine($"{identity.Site} looks for its hub at {hub} from its next start on");
            return 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            Console.Error.WriteLine($"flotilla-agent: {e.Message}");
            return 1;
        }
    }
}
