namespace Flotilla.Core.Releases.Changes;

/// <summary>Compares two releases.</summary>
public static class ReleaseDiff
{
    /// <summary>What a site gets when it goes from one release to another; null is no release at all.</summary>
    public static ReleaseChanges Between(Release? before, Release? after) => new ReleaseComparison().Between(before, after);
}
