using System.Text.Json;
using Flotilla.Agent.Journals;
using Flotilla.Agent.State;
using Flotilla.Api.Sync;

namespace Flotilla.Agent.Program;

/// <summary><c>flotilla-agent status</c>: what the folder says, also while an agent runs on it.</summary>
internal static class StatusCommand
{
    private const int Shown = 20;

    public static async Task<int> RunAsync(string folder)
    {
        var file = Path.Combine(folder, "site.json");
        if (!File.Exists(file))
        {
            Console.Error.WriteLine($"flotilla-agent: {folder} holds no agent's state");
            return 1;
        }
        var record = JsonSerializer.Deserialize(await File.ReadAllBytesAsync(file), StateJson.Default.SiteRecord) ?? SiteRecord.Empty;
        var identity = Path.Combine(folder, "identity.json");
        if (File.Exists(identity) && JsonSerializer.Deserialize(await File.ReadAllBytesAsync(identity), StateJson.Default.StoredIdentity) is { } known)
            Console.WriteLine($"site       {known.Site} at {known.Address} (hub {known.Hub})");
        Console.WriteLine($"taken      ({record.Floor.Epoch}, {record.Floor.Sequence})");
        Console.WriteLine($"begun      {record.Begun?.Release ?? "nothing"}");
        Console.WriteLine($"applied    {record.Applied?.Release ?? "nothing"}{(record.Applied?.Since is { } since ? $" since {since:u}" : "")}");
        var link = await FolderState.ReadLinkAsync(folder, CancellationToken.None);
        foreach (var day in new[] { link?.Yesterday, link?.Today }.OfType<LinkDay>())
            Console.WriteLine(FormattableString.Invariant($"link       {day.Day}: {day.Total:N0} bytes (desired state {day.DesiredState:N0}, content {day.Content:N0}, journal {day.Journal:N0}, overhead {day.Overhead:N0})"));
        var journal = Path.Combine(folder, "journal");
        var entries = await FolderJournal.ReadOnlyAsync(journal, CancellationToken.None);
        var (last, acknowledged) = (entries.Count == 0 ? 0 : entries[^1].Number, await FolderJournal.ReadAcknowledgedAsync(journal, CancellationToken.None));
        Console.WriteLine($"journal    {last} entries, the hub has {acknowledged}{(last > acknowledged ? $", {last - acknowledged} wait" : "")}");
        foreach (var entry in entries.TakeLast(Shown))
            Console.WriteLine($"{entry.Time:u} {entry.Number,6} {entry.Event,-20} {entry.Component} {entry.Object} {entry.Message}");
        return 0;
    }
}
