namespace Flotilla.TestKit;

/// <summary>Finds the checkout and what lies beside it.</summary>
public static class Repository
{
    /// <summary>The root of the checkout that the tests were built from.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The folder of recorded facts beside the checkout; null when it is not there.</summary>
    public static string? Shared { get; } = Directory.Exists(Path.Combine(Root, "..", "shared"))
        ? Path.GetFullPath(Path.Combine(Root, "..", "shared"))
        : null;

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Flotilla.slnx")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("the tests do not run inside a checkout of Flotilla");
    }
}
