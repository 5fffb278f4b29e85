using System.Collections.Concurrent;
using Flotilla.ApiServer.Lifecycle;
using Flotilla.ApiServer.Storage;
using Microsoft.Extensions.Logging;

namespace Flotilla.ApiServer.Clusters;

/// <summary>The clusters of this process: the main one and any number of virtual ones, over one database and one control loop.</summary>
internal sealed class ClusterDirectory : IAsyncDisposable
{
    private const string MainName = "";
    private readonly ConcurrentDictionary<string, VirtualCluster> clusters = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim adding = new(1);
    private readonly ObjectDatabase database;
    private readonly TimeProvider time;
    private readonly ControlLoop loop;

    private ClusterDirectory(ObjectDatabase database, TimeProvider time, ControlLoop loop)
    {
        this.database = database;
        this.time = time;
        this.loop = loop;
        database.Committed = OnCommitted;
    }

    public VirtualCluster Default => clusters[MainName];

    /// <summary>Names of the virtual clusters, in order.</summary>
    public IReadOnlyList<string> VirtualNames => [.. clusters.Keys.Where(name => name != MainName).Order(StringComparer.Ordinal)];

    /// <summary>Opens all clusters of a database, which belongs to the directory from now on.</summary>
    public static async Task<ClusterDirectory> OpenAsync(
        ObjectDatabase database, KubernetesApiOptions options, ILoggerFactory logging, CancellationToken cancellation)
    {
        ClusterController[] controllers =
        [
            new CustomResourceController(), new NamespaceController(), new GarbageCollector(), new ServiceAccountController(),
            .. options.Controllers,
        ];
        var directory = new ClusterDirectory(database, options.Time, new ControlLoop(controllers, options.Time, logging.CreateLogger<ControlLoop>()));
        try
        {
            await directory.OpenAllAsync(options.Clusters, cancellation);
            directory.loop.Start();
            return directory;
        }
        catch
        {
            await directory.DisposeAsync();
            throw;
        }
    }

    public VirtualCluster? Find(string name) => name.Length == 0 ? null : clusters.GetValueOrDefault(name);

    /// <summary>Opens a cluster and gives it what every cluster has; does nothing when it is open.</summary>
    public async Task AddAsync(string name, CancellationToken cancellation)
    {
        CheckName(name);
        if (clusters.ContainsKey(name))
            return;
        await adding.WaitAsync(cancellation);
        try
        {
            if (clusters.ContainsKey(name))
                return;
            await OpenAsync(name, cancellation);
        }
        finally
        {
            adding.Release();
        }
    }

    /// <summary>Several at a time, so that they share writes to the disk.</summary>
    private Task OpenAllAsync(IEnumerable<string> wanted, CancellationToken cancellation)
    {
        var names = database.ClusterNames.Concat(wanted).Append(MainName).Distinct(StringComparer.Ordinal).ToArray();
        foreach (var name in names)
            CheckName(name);
        var atOnce = new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = cancellation };
        return names.Length == 1 ? OpenAsync(names[0], cancellation) : Parallel.ForEachAsync(names, atOnce, async (name, stop) => await OpenAsync(name, stop));
    }

    private async Task OpenAsync(string name, CancellationToken cancellation)
    {
        var cluster = new VirtualCluster(name, database, time);
        CustomResourceController.Load(cluster);
        loop.OnOpened(cluster);
        clusters[name] = cluster;
        await ClusterBootstrap.RunAsync(cluster, cancellation);
    }

    private static void CheckName(string name)
    {
        if (name != MainName && Kinds.Names.DnsLabelProblems(name).FirstOrDefault() is { } problem)
            throw new ArgumentException($"\"{name}\" cannot name a virtual cluster: {problem}", nameof(name));
    }

    public async ValueTask DisposeAsync()
    {
        database.Committed = null;
        await loop.DisposeAsync();
        await database.DisposeAsync();
        adding.Dispose();
    }

    private void OnCommitted(ResourceStore resource, Change change)
    {
        if (clusters.TryGetValue(resource.Cluster.Name, out var opened))
            loop.OnChange(opened, resource.Name, change);
    }
}
