using Flotilla.Kubernetes.Cel.Checking;
using Flotilla.Kubernetes.Cel.Values;
using static Flotilla.Kubernetes.Cel.CelType;

namespace Flotilla.Kubernetes.Cel.Functions;

/// <summary>Kubernetes' functions on amounts of resources.</summary>
internal static class QuantityLibrary
{
    public static void Declare(FunctionTable table)
    {
        var type = CelQuantity.CelType;
        table.Global("quantity", "string_to_quantity", [CelType.String], type, static (_, a) =>
            CelQuantity.TryParse(a[0].String, out var quantity) is { } problem ? CelValue.Error(problem) : CelValue.Of(quantity!));
        table.Global("isQuantity", "is_quantity_string", [CelType.String], CelType.Bool, static (_, a) => CelValue.Of(CelQuantity.TryParse(a[0].String, out var _) is null));
        // Not a member, unlike all others: so it is in Kubernetes.
        table.Global("sign", "quantity_sign", [type], Int, static (_, a) => CelValue.Of((long)Of(a[0]).Value.Sign));
        table.Member("isGreaterThan", "quantity_is_greater_than", [type, type], CelType.Bool, static (_, a) => CelValue.Of(Of(a[0]).Value > Of(a[1]).Value));
        table.Member("isLessThan", "quantity_is_less_than", [type, type], CelType.Bool, static (_, a) => CelValue.Of(Of(a[0]).Value < Of(a[1]).Value));
        table.Member("compareTo", "quantity_compare_to", [type, type], Int, static (_, a) => CelValue.Of((long)Of(a[0]).Value.CompareTo(Of(a[1]).Value)));
        table.Member("asApproximateFloat", "quantity_get_float", [type], CelType.Double, static (_, a) => CelValue.Of(Of(a[0]).Value.ToDouble()));
        table.Member("asInteger", "quantity_get_int", [type], Int, static (_, a) => Of(a[0]).Integer is { } whole ? CelValue.Of(whole) : CelValue.Error("cannot convert value to integer"));
        table.Member("isInteger", "quantity_is_integer", [type], CelType.Bool, static (_, a) => CelValue.Of(Of(a[0]).Integer is not null));
        table.Member("add", "quantity_add", [type, type], type, static (_, a) => CelValue.Of(Of(a[0]).Plus(Of(a[1]))));
        table.Member("add", "quantity_add_int", [type, Int], type, static (_, a) => CelValue.Of(Of(a[0]).Plus(CelQuantity.FromWhole(a[1].Int))));
        table.Member("sub", "quantity_sub", [type, type], type, static (_, a) => CelValue.Of(Of(a[0]).Minus(Of(a[1]))));
        table.Member("sub", "quantity_sub_int", [type, Int], type, static (_, a) => CelValue.Of(Of(a[0]).Minus(CelQuantity.FromWhole(a[1].Int))));
    }

    private static CelQuantity Of(CelValue value) => (CelQuantity)value.Opaque;
}
