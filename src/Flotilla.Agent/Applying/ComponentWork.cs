using System.Security.Cryptography;
using System.Text;
using Flotilla.Api.Releases;
using Flotilla.Api.Sync;
using Flotilla.Core.Applying;

namespace Flotilla.Agent.Applying;

/// <summary>One component of the release that is worked on.</summary>
internal sealed class ComponentWork(ReleaseComponent component)
{
    public ReleaseComponent Component { get; } = component;

    public string Name => Component.Name;

    /// <summary>Its objects by wave, in order.</summary>
    public SortedDictionary<ApplyWave, List<TrackedObject>> Waves { get; } = [];

    public IEnumerable<TrackedObject> Objects => Waves.Values.SelectMany(wave => wave);

    /// <summary>All but webhook configurations and APIServices, which wait for the whole release.</summary>
    public IEnumerable<TrackedObject> ObjectsBeforeAdmission => Waves.Where(wave => wave.Key < ApplyWave.Admission).SelectMany(wave => wave.Value);

    /// <summary>Digest of its version and its objects: when another one is applied, that is news.</summary>
    public string Content { get; private set; } = "";

    public bool IsHealthy { get; set; }

    /// <summary>
    /// Healthy as far as it can be: components after it may begin. Webhook configurations and APIServices that wait for all components do
    /// not count, else those would wait for each other.
    /// </summary>
    public bool IsUp { get; set; }

    /// <summary>As last described; null before the first time.</summary>
    public ComponentReport? Report { get; set; }

    /// <summary>Once all its objects are there.</summary>
    public void Seal()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(Component.Version));
        foreach (var tracked in Objects)
            hash.AppendData(Encoding.UTF8.GetBytes($"\n{tracked.Id} {tracked.Wanted!.Digest}"));
        Content = Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}

/// <summary>One kind of objects.</summary>
internal sealed class KindWork(KindKey key)
{
    public KindKey Key { get; } = key;

    public KindWatch? Watch { get; set; }

    public bool IsResolving { get; set; }

    public ObjectFailure? Failure { get; set; }

    public int Attempts { get; set; }

    public DateTimeOffset NotBefore { get; set; }

    /// <summary>Objects to look for among those that are not ours.</summary>
    public List<TrackedObject> ToLook { get; } = [];

    public bool IsReady => Watch is { IsSynced: true };
}
