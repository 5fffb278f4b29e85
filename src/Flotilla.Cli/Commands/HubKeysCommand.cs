using System.CommandLine;
using System.Globalization;
using Flotilla.Cli.Output;
using Flotilla.Hub.Identity;

namespace Flotilla.Cli.Commands;

/// <summary>What is done with the keys of a hub, on the folder of one that is stopped: <c>flotilla hub init|restore|rotate|retire</c>.</summary>
internal static class HubKeysCommand
{
    private static readonly Option<DirectoryInfo> Data = new("--data") { Description = "The hub's data folder.", HelpName = "DIR", Required = true };

    private static readonly Option<FileInfo> Root = new("--root-key")
    {
        Description = "The hub's root key, brought from where it is kept.",
        HelpName = "FILE",
        Required = true,
    };

    private static readonly Option<long?> Epoch = new("--epoch") { Description = "The epoch to open; otherwise the next. A hub that is held says which it needs.", HelpName = "N" };
    private static readonly Option<long?> KeySet = new("--key-set") { Description = "Sign a key set of this version as well, when sites know one that the backup does not have.", HelpName = "N" };

    public static IEnumerable<Command> Create() =>
    [
        OnFolder(
            new Command("init", "Make the keys of a hub, and nothing else. A hub that starts on an empty folder does the same.") { Data },
            (folder, _, c) => folder.InitAsync(TimeProvider.System, c),
            (folder, keys) =>
            [
                $"hub         {keys.Hub}",
                $"root key    {folder.RootKeyFile}",
                $"thumbprint  {keys.Root.KeyId}",
                "The hub runs without the root key. Keep it in a safe place, apart from the hub: it names the hub's keys, and who has it is the hub.",
            ]),
        OnFolder(
            new Command("restore", "Open a new epoch for a hub that was restored from a backup. It starts held: sites tell what they run, and nothing is changed until `flotilla hub release`.") { Data, Root, Epoch, KeySet },
            (folder, arguments, c) => folder.RestoreAsync(RootOf(arguments), arguments.GetValue(Epoch), arguments.GetValue(KeySet), TimeProvider.System, c),
            Changed),
        OnFolder(
            new Command("rotate", "Make another key that signs what sites shall be. Those before it count until they are retired; sites follow by themselves, however long they were away.") { Data, Root },
            (folder, arguments, c) => folder.RotateAsync(RootOf(arguments), TimeProvider.System, c),
            Changed),
        OnFolder(
            new Command("retire", "Have only the present signing key count. The hub signs anew what others have signed.") { Data, Root },
            (folder, arguments, c) => folder.RetireAsync(RootOf(arguments), TimeProvider.System, c),
            Changed),
    ];

    private static Command OnFolder(
        Command command, Func<HubKeyFolder, ParseResult, CancellationToken, Task<HubKeys>> action, Func<HubKeyFolder, HubKeys, IEnumerable<string>> tell)
    {
        command.SetAction((arguments, cancellation) => CommandRunner.GuardAsync(
            async () =>
            {
                var folder = new HubKeyFolder(arguments.GetValue(Data)!.FullName);
                try
                {
                    using var keys = await action(folder, arguments, cancellation);
                    foreach (var line in tell(folder, keys))
                        arguments.Out.WriteLine(line);
                    return ExitCodes.Done;
                }
                catch (Exception e) when (e is IOException or UnauthorizedAccessException or HubIdentityException)
                {
                    throw new CommandException(e.Message, inner: e);
                }
            },
            arguments.Error, cancellation));
        return command;
    }

    private static string RootOf(ParseResult arguments) => arguments.GetValue(Root)!.FullName;

    private static IEnumerable<string> Changed(HubKeyFolder folder, HubKeys keys) =>
    [
        string.Create(CultureInfo.InvariantCulture, $"epoch    {keys.Epoch}"),
        string.Create(CultureInfo.InvariantCulture, $"key set  {keys.KeySet.Version}"),
        $"signs    {keys.Signing.KeyId}",
        "Start the hub to have it so. Take the root key away again.",
    ];
}
