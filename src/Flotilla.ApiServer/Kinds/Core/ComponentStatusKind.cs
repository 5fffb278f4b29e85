namespace Flotilla.ApiServer.Kinds.Core;

/// <summary>ComponentStatuses: a list of what runs the cluster that nobody should rely on any more.</summary>
internal sealed class ComponentStatusKind() : BuiltInKind
{
    public override string Deprecation => "v1 ComponentStatus is deprecated in v1.19+";
}
