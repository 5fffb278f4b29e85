namespace Flotilla.Kubernetes.Cel.Costs;

/// <summary>
/// Where in the schema a value comes from: unknown, a node, or a path that leads nowhere. A step from an unknown place
/// lands at the root, as it does in Kubernetes, where the first part of each path is taken for the variable.
/// </summary>
internal readonly record struct Place
{
    private readonly SchemaSize? node;

    private Place(SchemaSize? node)
    {
        this.node = node;
        IsKnown = true;
    }

    public bool IsKnown { get; }

    /// <summary>The size that the schema allows; null when it says nothing.</summary>
    public CostRange? Size => node is null ? null : new CostRange(0, (ulong)node.MaxElements);

    public static Place At(SchemaSize? node) => new(node);

    public Place Field(string name, SchemaSize? root) => IsKnown ? new Place(node?.Field(name)) : new Place(root);

    public Place Elements(SchemaSize? root) => IsKnown ? new Place(node?.Element) : new Place(root);

    public Place Keys(SchemaSize? root) => IsKnown ? new Place(node?.Keys) : new Place(root);

    public Place Lose(SchemaSize? root) => new(IsKnown ? null : root);
}
