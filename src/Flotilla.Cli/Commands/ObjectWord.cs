namespace Flotilla.Cli.Commands;

/// <summary>How people name objects: <c>site/store-1</c>, or <c>site store-1</c>.</summary>
internal static class ObjectWord
{
    /// <summary>Kind and name of what was written.</summary>
    /// <exception cref="CommandException">A name was given twice.</exception>
    public static (string Kind, string? Name) Split(string word, string? name)
    {
        var slash = word.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0)
            return (word, name);
        if (name is not null)
            throw new CommandException($"\"{word} {name}\" names two objects: write {word}, or {word[..slash]} {name}", ExitCodes.Usage);
        return (word[..slash], word[(slash + 1)..]);
    }
}
