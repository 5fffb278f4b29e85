namespace Flotilla.Core;

/// <summary>What to do, what to say, when to look again.</summary>
public sealed record Decision<TAction, TStatus>(IReadOnlyList<TAction> Actions, TStatus Status, NextLook Next);
