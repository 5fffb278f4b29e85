namespace Flotilla.Cli.Ups;

/// <summary>What <c>flotilla up</c> starts.</summary>
/// <param name="Folder">Where everything is kept.</param>
/// <param name="Sites">Number of simulated sites.</param>
/// <param name="From">Files and folders with declarations; none for the samples.</param>
internal sealed record UpOptions(string Folder, int Sites, IReadOnlyList<string> From);
