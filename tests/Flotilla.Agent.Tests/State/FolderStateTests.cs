using Flotilla.Agent.Journals;
using Flotilla.Agent.State;
using Flotilla.Api.Sync;
using Flotilla.Content.Trust;

namespace Flotilla.Agent.Tests.State;

public sealed class FolderStateTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("flotilla-state");

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task Two_agents_on_one_folder_are_one_too_many()
    {
        await using (await OpenAsync())
            Assert.Contains("in use by another agent", (await Assert.ThrowsAsync<IOException>(OpenAsync)).Message, StringComparison.Ordinal);
        await using var after = await OpenAsync();
        Assert.Null(after.Lost);
    }

    [Fact]
    public async Task What_was_saved_is_there_again()
    {
        await FillAsync();
        await using var state = await OpenAsync();
        Assert.Null(state.Lost);
        Assert.Equal("retail/store-1", state.Identity!.Site);
        Assert.Equal("sha256:a", state.Record.Begun!.Release);
        Assert.Equal(2, state.Journal.Last);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(folder.FullName, "signing.pem")));
    }

    [Theory]
    [InlineData("site.json", "{\"begun\": 7")]
    [InlineData("site.json", "")]
    [InlineData("identity.json", "null")]
    [InlineData("signing.pem", null)]
    [InlineData("signing.pem", "no key")]
    [InlineData("journal/stream", null)]
    public async Task What_cannot_be_read_is_put_aside_and_told_until_it_was_told(string file, string? text)
    {
        await FillAsync();
        var path = Path.Combine(folder.FullName, file);
        if (text is null)
            File.Delete(path);
        else
            await File.WriteAllTextAsync(path, text, Cancelled);
        string lost;
        await using (var state = await OpenAsync())
            lost = Assert.IsType<string>(state.Lost);
        // A crash before it is told does not make it forgotten, nor another loss of it.
        await using (var state = await OpenAsync())
        {
            Assert.Equal(lost, state.Lost);
            await state.LossToldAsync(Cancelled);
        }
        await using (var state = await OpenAsync())
            Assert.Null(state.Lost);
        Assert.Contains(folder.EnumerateFileSystemInfos(), f => f.Name.Contains(".lost-", StringComparison.Ordinal));
    }

    /// <summary>The entries of the last change reach the journal at the next word, when a crash kept them from it.</summary>
    [Fact]
    public async Task A_change_that_was_not_told_is_told_before_anything_else()
    {
        var time = DateTimeOffset.UnixEpoch;
        await FillAsync();
        await using (var state = await OpenAsync())
        {
            JournalDraft[] entries = [new(time, JournalEvent.Paused), new(time, JournalEvent.Resumed)];
            await state.SaveRecordAsync(state.Record with { Telling = new Telling(state.Journal.Stream, state.Journal.Last, entries) }, Cancelled);
            // The first of them was written when the power went.
            await state.Journal.AppendAsync([entries[0]], Cancelled);
        }
        await using (var state = await OpenAsync())
        {
            using var book = new SiteBook(state);
            await book.TellAsync(new JournalDraft(time, JournalEvent.AgentStarted), Cancelled);
            await book.TellAsync(new JournalDraft(time, JournalEvent.StateLost), Cancelled);
            var told = await state.Journal.ReadAsync(2, 10, Cancelled);
            Assert.Equal([JournalEvent.Paused, JournalEvent.Resumed, JournalEvent.AgentStarted, JournalEvent.StateLost], told.Select(e => e.Event));
        }
    }

    private Task<FolderState> OpenAsync() => FolderState.OpenAsync(folder.FullName, TimeProvider.System, Cancelled);

    private async Task FillAsync()
    {
        await using var state = await OpenAsync();
        using var signing = SigningKey.Create();
        using var sealing = SealingKey.Create();
        await state.SaveIdentityAsync(
            new SiteIdentity("retail/store-1", "hub-a", signing.PublicKey.ToJwkElement(), "https://hub.example.com") { SigningKey = signing, SealingKey = sealing }, Cancelled);
        await state.SaveRecordAsync(SiteRecord.Empty with { Begun = new ReleaseTarget("r", "sha256:a") }, Cancelled);
        await state.Journal.AppendAsync([new(DateTimeOffset.UnixEpoch, JournalEvent.Enrolled), new(DateTimeOffset.UnixEpoch, JournalEvent.AgentStarted)], Cancelled);
    }
}
