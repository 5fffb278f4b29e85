using Flotilla.Kubernetes.Cel.Checking;
using Flotilla.Kubernetes.Cel.Values;
using static Flotilla.Kubernetes.Cel.CelType;

namespace Flotilla.Kubernetes.Cel.Functions;

/// <summary>Kubernetes' functions on semantic versions.</summary>
internal static class SemverLibrary
{
    public static void Declare(FunctionTable table)
    {
        var type = CelSemver.CelType;
        table.Global("semver", "string_to_semver", [CelType.String], type, static (_, a) => Parse(a[0].String, false));
        table.Global("semver", "string_bool_to_semver", [CelType.String, CelType.Bool], type, static (_, a) => Parse(a[0].String, a[1].IsTrue));
        table.Global("isSemver", "is_semver_string", [CelType.String], CelType.Bool, static (_, a) => CelValue.Of(!Parse(a[0].String, false).IsError));
        table.Global("isSemver", "is_semver_string_bool", [CelType.String, CelType.Bool], CelType.Bool, static (_, a) => CelValue.Of(!Parse(a[0].String, a[1].IsTrue).IsError));
        table.Member("isGreaterThan", "semver_is_greater_than", [type, type], CelType.Bool, static (_, a) => CelValue.Of(Compare(a) > 0));
        table.Member("isLessThan", "semver_is_less_than", [type, type], CelType.Bool, static (_, a) => CelValue.Of(Compare(a) < 0));
        table.Member("compareTo", "semver_compare_to", [type, type], Int, static (_, a) => CelValue.Of((long)Compare(a)));
        table.Member("major", "semver_major", [type], Int, static (_, a) => CelValue.Of((long)Of(a[0]).Major));
        table.Member("minor", "semver_minor", [type], Int, static (_, a) => CelValue.Of((long)Of(a[0]).Minor));
        table.Member("patch", "semver_patch", [type], Int, static (_, a) => CelValue.Of((long)Of(a[0]).Patch));
    }

    private static CelValue Parse(string text, bool normalize) =>
        CelSemver.TryParse(text, normalize, out var version) is { } problem ? CelValue.Error(problem) : CelValue.Of(version!);

    private static int Compare(ReadOnlySpan<CelValue> a) => Of(a[0]).CompareTo(Of(a[1]));

    private static CelSemver Of(CelValue value) => (CelSemver)value.Opaque;
}
