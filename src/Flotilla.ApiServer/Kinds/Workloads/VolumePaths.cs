namespace Flotilla.ApiServer.Kinds.Workloads;

/// <summary>Paths inside volumes must not lead out of them.</summary>
internal static class VolumePaths
{
    public static void NoBacksteps(FieldProblems problems, FieldPath path, string value)
    {
        if (value.Split('/').Contains(".."))
            problems.Invalid(path, value, "must not contain '..'");
    }

    /// <summary>Relative, and without <c>..</c>.</summary>
    public static void Descending(FieldProblems problems, FieldPath path, string value)
    {
        if (value.StartsWith('/'))
            problems.Invalid(path, value, "must be a relative path");
        NoBacksteps(problems, path, value);
    }

    /// <summary>As <see cref="Descending"/>, and not beginning with two dots either (volumes keep such names for themselves).</summary>
    public static void NotReserved(FieldProblems problems, FieldPath path, string value)
    {
        Descending(problems, path, value);
        if (value.StartsWith("..", StringComparison.Ordinal) && !value.StartsWith("../", StringComparison.Ordinal))
            problems.Invalid(path, value, "must not start with '..'");
    }
}
