using System.Text.Json;
using Flotilla.Agent.Applying;
using Flotilla.Agent.Journals;
using Flotilla.Agent.Links;
using Flotilla.Content;
using Flotilla.Content.Trust;

namespace Flotilla.Agent.State;

/// <summary>
/// The state of an agent in a folder, which one agent at a time may use. What cannot be read is put aside and told, never guessed: the
/// site begins anew from what the hub and the cluster say.
/// </summary>
public sealed class FolderState : IAgentState
{
    private const string LinkFile = "link.json";
    private readonly string folder;
    private readonly FileStream guard;
    private readonly FolderJournal journal;

    private FolderState(string folder, FileStream guard, FolderJournal journal, IContentStore content)
    {
        this.folder = folder;
        this.guard = guard;
        this.journal = journal;
        Content = content;
    }

    public SiteIdentity? Identity { get; private set; }

    public SiteRecord Record { get; private set; } = SiteRecord.Empty;

    public Inventory? Inventory { get; private set; }

    public LinkRecord? Link { get; private set; }

    public IJournal Journal => journal;

    public IContentStore Content { get; }

    public bool SharesContent => false;

    public string? PartialFolder => Path.Combine(folder, "partial");

    public string? Lost { get; private set; }

    private string IdentityFile => Path.Combine(folder, "identity.json");

    private string SigningKeyFile => Path.Combine(folder, "signing.pem");

    private string SealingKeyFile => Path.Combine(folder, "sealing.pem");

    private string RecordFile => Path.Combine(folder, "site.json");

    private string InventoryFile => Path.Combine(folder, "inventory.json");

    /// <summary>Opens a folder, made when missing.</summary>
    /// <exception cref="IOException">Another agent uses it, or it cannot be used at all.</exception>
    public static async Task<FolderState> OpenAsync(string folder, TimeProvider time, CancellationToken cancellation)
    {
        DurableFile.CreateFolder(folder);
        var guard = Guard(folder);
        try
        {
            var losses = await Losses.OpenAsync(folder, time, cancellation);
            FolderJournal journal;
            try
            {
                journal = await FolderJournal.OpenAsync(Path.Combine(folder, "journal"), new JournalBounds(), time, cancellation);
            }
            catch (InvalidDataException e)
            {
                await losses.PutAsideAsync(Path.Combine(folder, "journal"), e.Message, cancellation);
                journal = await FolderJournal.OpenAsync(Path.Combine(folder, "journal"), new JournalBounds(), time, cancellation);
            }
            var state = new FolderState(folder, guard, journal, await FolderContentStore.OpenAsync(Path.Combine(folder, "content"), cancellation));
            state.Identity = await ReadAsync(state.IdentityFile, state.ReadIdentityAsync, losses, cancellation);
            state.Record = await ReadAsync(state.RecordFile, ReadRecordAsync, losses, cancellation) ?? SiteRecord.Empty;
            state.Inventory = await state.ReadInventoryAsync(cancellation);
            state.Link = await ReadLinkAsync(folder, cancellation);
            state.Lost = losses.Text;
            return state;
        }
        catch
        {
            await guard.DisposeAsync();
            throw;
        }
    }

    public async ValueTask SaveIdentityAsync(SiteIdentity identity, CancellationToken cancellation)
    {
        await DurableFile.WriteAsync(SigningKeyFile, System.Text.Encoding.ASCII.GetBytes(identity.SigningKey.ToPem()), cancellation, DurableFile.Private);
        await DurableFile.WriteAsync(SealingKeyFile, System.Text.Encoding.ASCII.GetBytes(identity.SealingKey.ToPem()), cancellation, DurableFile.Private);
        var stored = new StoredIdentity(identity.Site, identity.Hub, identity.Root, identity.Address, identity.Authority, identity.EnrolledBy);
        await DurableFile.WriteAsync(IdentityFile, JsonSerializer.SerializeToUtf8Bytes(stored, StateJson.Default.StoredIdentity), cancellation);
        Identity = identity;
    }

    public async ValueTask SaveRecordAsync(SiteRecord record, CancellationToken cancellation)
    {
        await DurableFile.WriteAsync(RecordFile, record.ToJson(), cancellation);
        Record = record;
    }

    public ValueTask LossToldAsync(CancellationToken cancellation)
    {
        Losses.Forget(folder);
        Lost = null;
        return ValueTask.CompletedTask;
    }

    public async ValueTask SaveLinkAsync(LinkRecord link, CancellationToken cancellation)
    {
        await DurableFile.WriteAsync(Path.Combine(folder, LinkFile), JsonSerializer.SerializeToUtf8Bytes(link, StateJson.Default.LinkRecord), cancellation);
        Link = link;
    }

    /// <summary>What the link carried; null when there is none, or it cannot be read: a count that is lost begins anew.</summary>
    public static async Task<LinkRecord?> ReadLinkAsync(string folder, CancellationToken cancellation)
    {
        var file = Path.Combine(folder, LinkFile);
        try
        {
            return File.Exists(file) ? JsonSerializer.Deserialize(await File.ReadAllBytesAsync(file, cancellation), StateJson.Default.LinkRecord) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public async ValueTask SaveInventoryAsync(Inventory inventory, CancellationToken cancellation)
    {
        await DurableFile.WriteAsync(InventoryFile, inventory.ToJson(), cancellation);
        Inventory = inventory;
    }

    public async ValueTask DisposeAsync()
    {
        journal.Dispose();
        await guard.DisposeAsync();
    }

    private static FileStream Guard(string folder)
    {
        try
        {
            return new FileStream(Path.Combine(folder, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1);
        }
        catch (IOException e) when (e is not (DirectoryNotFoundException or FileNotFoundException or PathTooLongException))
        {
            throw new IOException($"{folder} is in use by another agent: stop that one, or give this one a folder of its own with --state", e);
        }
    }

    private static async Task<T?> ReadAsync<T>(
        string file, Func<string, CancellationToken, Task<T>> read, Losses losses, CancellationToken cancellation)
        where T : class
    {
        if (!File.Exists(file))
            return null;
        try
        {
            return await read(file, cancellation);
        }
        catch (Exception e) when (e is JsonException or InvalidDataException or FileNotFoundException)
        {
            await losses.PutAsideAsync(file, $"{file} cannot be read: {e.Message}", cancellation);
            return null;
        }
    }

    private async Task<Inventory?> ReadInventoryAsync(CancellationToken cancellation)
    {
        try
        {
            return File.Exists(InventoryFile) ? Inventory.FromJson(await File.ReadAllBytesAsync(InventoryFile, cancellation)) : null;
        }
        catch (JsonException)
        {
            // As good as lost: it is made again from what the objects say.
            return null;
        }
    }

    private async Task<SiteIdentity> ReadIdentityAsync(string file, CancellationToken cancellation)
    {
        var stored = JsonSerializer.Deserialize(await File.ReadAllBytesAsync(file, cancellation), StateJson.Default.StoredIdentity)
            ?? throw new InvalidDataException("it is empty");
        return new SiteIdentity(stored.Site, stored.Hub, stored.Root, stored.Address)
        {
            Authority = stored.Authority,
            EnrolledBy = stored.EnrolledBy,
            SigningKey = await SigningKey.LoadAsync(SigningKeyFile, cancellation),
            SealingKey = await SealingKey.LoadAsync(SealingKeyFile, cancellation),
        };
    }

    private static async Task<SiteRecord> ReadRecordAsync(string file, CancellationToken cancellation) =>
        JsonSerializer.Deserialize(await File.ReadAllBytesAsync(file, cancellation), StateJson.Default.SiteRecord) ?? throw new InvalidDataException("it is empty");
}
