namespace Flotilla.ApiServer.CustomResources;

/// <summary>
/// What is demanded of schemas. New definitions get all of it; a change is spared what the old definition already broke, so that
/// rules can be tightened without locking out what exists.
/// </summary>
internal sealed record SchemaLeniency
{
    public static readonly SchemaLeniency Strict = new();

    public bool RequiresSchemas { get; init; } = true;

    public bool RequiresStructure { get; init; } = true;

    public bool RequiresValidTypes { get; init; } = true;

    public bool RequiresPrunedDefaults { get; init; } = true;

    public bool RequiresAtomicSets { get; init; } = true;

    public bool RequiresKeysOfMaps { get; init; } = true;

    public bool RequiresKnownReviewVersion { get; init; } = true;
}
