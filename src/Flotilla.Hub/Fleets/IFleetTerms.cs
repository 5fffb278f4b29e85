using Flotilla.Hub.Ledger;
using Flotilla.Kubernetes.Client;

namespace Flotilla.Hub.Fleets;

/// <summary>Whether this hub may write targets of a fleet: always when it is the only one, else while it holds the fleet's lease.</summary>
internal interface IFleetTerms
{
    /// <summary>What to write with; null while another hub works on the fleet.</summary>
    FleetLease? Find(ObjectKey fleet);
}

/// <summary>A hub alone with its ledger.</summary>
internal sealed class SoleHub : IFleetTerms
{
    public FleetLease? Find(ObjectKey fleet) => new(fleet.Namespace, fleet.Name, 1);
}
