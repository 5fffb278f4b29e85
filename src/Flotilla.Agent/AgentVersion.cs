using System.Reflection;

namespace Flotilla.Agent;

/// <summary>The version of this agent.</summary>
public static class AgentVersion
{
    /// <summary>As <c>0.1.0</c>.</summary>
    public static string Text { get; } =
        typeof(AgentVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";
}
