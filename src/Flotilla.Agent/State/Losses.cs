using System.Globalization;
using System.Text;
using Flotilla.Content;

namespace Flotilla.Agent.State;

/// <summary>What of a state folder could not be read. Written down before it is put aside, and until the journal tells it.</summary>
internal sealed class Losses
{
    private const string FileName = "lost";
    private readonly string file;
    private readonly TimeProvider time;

    private Losses(string file, TimeProvider time, string? text)
    {
        this.file = file;
        this.time = time;
        Text = text;
    }

    /// <summary>What was lost and not told yet; its times make it unlike every other loss. Null for nothing.</summary>
    public string? Text { get; private set; }

    public static async Task<Losses> OpenAsync(string folder, TimeProvider time, CancellationToken cancellation)
    {
        var file = Path.Combine(folder, FileName);
        return new Losses(file, time, File.Exists(file) ? await File.ReadAllTextAsync(file, cancellation) : null);
    }

    /// <summary>Puts a file or folder beside, under a name that tells when.</summary>
    public async Task PutAsideAsync(string path, string why, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        Text = (Text is null ? "" : Text + "; ") + string.Create(CultureInfo.InvariantCulture, $"{now:yyyy-MM-dd'T'HH:mm:ss.fff'Z'}: {why}");
        await DurableFile.WriteAsync(file, Encoding.UTF8.GetBytes(Text), cancellation);
        Directory.Move(path, $"{path}.lost-{now.ToUnixTimeMilliseconds()}");
    }

    public static void Forget(string folder) => DurableFile.Delete(Path.Combine(folder, FileName));
}
