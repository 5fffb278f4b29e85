using Flotilla.Kubernetes.Cel.Checking;
using Flotilla.Kubernetes.Cel.Values;
using static Flotilla.Kubernetes.Cel.CelType;

namespace Flotilla.Kubernetes.Cel.Functions;

/// <summary>Kubernetes' functions on IP addresses and networks.</summary>
internal static class NetworksLibrary
{
    public static void Declare(FunctionTable table)
    {
        table.Type(CelIp.CelType);
        table.Type(CelCidr.CelType);
        Addresses(table);
        Networks(table);
    }

    private static void Addresses(FunctionTable table)
    {
        table.Global("ip", "string_to_ip", [CelType.String], CelIp.CelType, static (_, a) => ParseIp(a[0].String));
        table.Global("isIP", "is_ip", [CelType.String], CelType.Bool, static (_, a) => CelValue.Of(CelIp.TryParse(a[0].String, out var _) is null));
        table.Global("ip.isCanonical", "ip_is_canonical", [CelType.String], CelType.Bool, static (_, a) =>
            CelIp.TryParse(a[0].String, out var ip) is { } problem ? CelValue.Error(problem) : CelValue.Of(ip!.ToString() == a[0].String));
        table.Member("family", "ip_family", [CelIp.CelType], Int, static (_, a) => CelValue.Of(((CelIp)a[0].Opaque).IsV4 ? 4L : 6L));
        Test("isUnspecified", "ip_is_unspecified", static ip => ip.IsUnspecified);
        Test("isLoopback", "ip_is_loopback", static ip => ip.IsLoopback);
        Test("isLinkLocalMulticast", "ip_is_link_local_multicast", static ip => ip.IsLinkLocalMulticast);
        Test("isLinkLocalUnicast", "ip_is_link_local_unicast", static ip => ip.IsLinkLocalUnicast);
        Test("isGlobalUnicast", "ip_is_global_unicast", static ip => ip.IsGlobalUnicast);
        table.Global("string", "ip_to_string", [CelIp.CelType], CelType.String, static (_, a) => CelValue.Of(a[0].Opaque.ToString()));

        void Test(string function, string id, Func<CelIp, bool> holds) =>
            table.Member(function, id, [CelIp.CelType], CelType.Bool, (_, a) => CelValue.Of(holds((CelIp)a[0].Opaque)));
    }

    private static void Networks(FunctionTable table)
    {
        var type = CelCidr.CelType;
        table.Global("cidr", "string_to_cidr", [CelType.String], type, static (_, a) => ParseCidr(a[0].String));
        table.Global("isCIDR", "is_cidr", [CelType.String], CelType.Bool, static (_, a) => CelValue.Of(CelCidr.TryParse(a[0].String, out var _) is null));
        table.Member("containsIP", "cidr_contains_ip_string", [type, CelType.String], CelType.Bool, static (_, a) => ContainsIp(a[0], ParseIp(a[1].String)));
        table.Member("containsIP", "cidr_contains_ip_ip", [type, CelIp.CelType], CelType.Bool, static (_, a) => ContainsIp(a[0], a[1]));
        table.Member("containsCIDR", "cidr_contains_cidr_string", [type, CelType.String], CelType.Bool, static (_, a) => ContainsCidr(a[0], ParseCidr(a[1].String)));
        table.Member("containsCIDR", "cidr_contains_cidr", [type, type], CelType.Bool, static (_, a) => ContainsCidr(a[0], a[1]));
        table.Member("ip", "cidr_ip", [type], CelIp.CelType, static (_, a) => CelValue.Of(((CelCidr)a[0].Opaque).Address));
        table.Member("prefixLength", "cidr_prefix_length", [type], Int, static (_, a) => CelValue.Of((long)((CelCidr)a[0].Opaque).Prefix));
        table.Member("masked", "cidr_masked", [type], type, static (_, a) => CelValue.Of(((CelCidr)a[0].Opaque).Masked()));
        table.Global("string", "cidr_to_string", [type], CelType.String, static (_, a) => CelValue.Of(a[0].Opaque.ToString()));
    }

    private static CelValue ParseIp(string text) => CelIp.TryParse(text, out var ip) is { } problem ? CelValue.Error(problem) : CelValue.Of(ip!);

    private static CelValue ParseCidr(string text) =>
        CelCidr.TryParse(text, out var cidr) is { } problem
            ? CelValue.Error("network address parse error during conversion from string: " + problem)
            : CelValue.Of(cidr!);

    private static CelValue ContainsIp(CelValue cidr, CelValue ip) =>
        ip.IsError ? ip : CelValue.Of(((CelCidr)cidr.Opaque).Contains((CelIp)ip.Opaque));

    private static CelValue ContainsCidr(CelValue cidr, CelValue other) =>
        other.IsError ? other : CelValue.Of(((CelCidr)cidr.Opaque).Contains((CelCidr)other.Opaque));
}
