using System.Text.Json.Nodes;
using Flotilla.Api.Components;
using Flotilla.Api.Fleets;
using Flotilla.Api.Rollouts;
using Flotilla.Api.Sites;
using Flotilla.Api.Stacks;
using Flotilla.Hub.Rollouts;
using Flotilla.Hub.Sites;
using Flotilla.Kubernetes.Client;
using Microsoft.Extensions.Logging;

namespace Flotilla.Hub.Hosting;

/// <summary>What is declared, in memory, followed as it changes.</summary>
internal sealed partial class Declarations
{
    private readonly KubernetesClient api;
    private readonly TimeProvider time;
    private readonly Random random;
    private readonly ILogger logger;

    public Declarations(KubernetesClient api, IDeclarationHandler handler, TimeProvider time, Random random, ILogger logger)
    {
        (this.api, this.time, this.random, this.logger) = (api, time, random, logger);
        Sites = Follow(HubResources.Sites, DeclarationProjection.Site, handler.OnSite);
        Fleets = Follow(HubResources.Fleets, DeclarationProjection.Fleet, handler.OnFleet);
        Stacks = Follow(HubResources.Stacks, DeclarationProjection.Stack, handler.OnStack);
        Components = Follow(HubResources.Components, DeclarationProjection.Component, handler.OnComponent);
        Rollouts = Follow(HubResources.Rollouts, DeclarationProjection.Rollout, handler.OnRollout);
        Strategies = Follow(HubResources.RolloutStrategies, DeclarationProjection.Strategy, handler.OnStrategy);
        Approvals = Follow(HubResources.Approvals, DeclarationProjection.Approval, handler.OnApproval);
        Windows = Follow(HubResources.MaintenanceWindows, DeclarationProjection.Window, handler.OnWindow);
        Hooks = Follow(HubResources.Secrets, HookSecret.Of, handler.OnHook, HookSecret.Label);
        Secrets = Follow(HubResources.Secrets, OpenedSecret.Of, handler.OnSecret, OpenedSecret.Label);
    }

    public Informer<Site> Sites { get; }

    public Informer<Fleet> Fleets { get; }

    public Informer<Stack> Stacks { get; }

    public Informer<Component> Components { get; }

    public Informer<Rollout> Rollouts { get; }

    public Informer<RolloutStrategy> Strategies { get; }

    public Informer<Approval> Approvals { get; }

    public Informer<MaintenanceWindow> Windows { get; }

    /// <summary>Secrets that webhooks are signed with.</summary>
    public Informer<HookSecret> Hooks { get; }

    /// <summary>Secrets that their owners opened to sites.</summary>
    public Informer<OpenedSecret> Secrets { get; }

    /// <summary>Ends when everything that was declared is known.</summary>
    public Task HasSynced => Task.WhenAll(Sites.HasSynced, Fleets.HasSynced, Stacks.HasSynced, Components.HasSynced, Rollouts.HasSynced, Strategies.HasSynced,
        Approvals.HasSynced, Windows.HasSynced, Hooks.HasSynced, Secrets.HasSynced);

    /// <summary>Follows until cancelled.</summary>
    public Task RunAsync(CancellationToken cancellation) => Task.WhenAll(
        Sites.RunAsync(cancellation), Fleets.RunAsync(cancellation), Stacks.RunAsync(cancellation), Components.RunAsync(cancellation),
        Rollouts.RunAsync(cancellation), Strategies.RunAsync(cancellation), Approvals.RunAsync(cancellation), Windows.RunAsync(cancellation), Hooks.RunAsync(cancellation), Secrets.RunAsync(cancellation));

    private Informer<T> Follow<T>(ResourceReference resource, Func<JsonObject, T> project, Action<ObjectKey, T?, T?> changed, string? labels = null)
        where T : class =>
        new(api, resource, null, project, changed, new InformerOptions
        {
            LabelSelector = labels,
            OnTrouble = (e, wait) => Trouble(resource.Plural, e.Message, wait),
        }, time, random);

    [LoggerMessage(Level = LogLevel.Warning, Message = "following {Resource}: {Why}; again in {Wait}")]
    private partial void Trouble(string resource, string why, TimeSpan wait);
}

/// <summary>Told of changes of what is declared; must be quick.</summary>
internal interface IDeclarationHandler
{
    void OnSite(ObjectKey key, Site? before, Site? after);

    void OnFleet(ObjectKey key, Fleet? before, Fleet? after);

    void OnStack(ObjectKey key, Stack? before, Stack? after);

    void OnComponent(ObjectKey key, Component? before, Component? after);

    void OnRollout(ObjectKey key, Rollout? before, Rollout? after);

    void OnStrategy(ObjectKey key, RolloutStrategy? before, RolloutStrategy? after);

    void OnApproval(ObjectKey key, Approval? before, Approval? after);

    void OnWindow(ObjectKey key, MaintenanceWindow? before, MaintenanceWindow? after);

    void OnHook(ObjectKey key, HookSecret? before, HookSecret? after);

    void OnSecret(ObjectKey key, OpenedSecret? before, OpenedSecret? after);
}
