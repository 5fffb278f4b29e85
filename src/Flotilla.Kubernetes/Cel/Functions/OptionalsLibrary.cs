using Flotilla.Kubernetes.Cel.Checking;
using Flotilla.Kubernetes.Cel.Evaluation;
using Flotilla.Kubernetes.Cel.Syntax;
using Flotilla.Kubernetes.Cel.Values;
using static Flotilla.Kubernetes.Cel.Checking.FunctionTable;

namespace Flotilla.Kubernetes.Cel.Functions;

/// <summary>Optional values (cel-go's <c>OptionalTypes</c>, version 2).</summary>
internal static class OptionalsLibrary
{
    public static void Declare(FunctionTable table)
    {
        var optional = CelType.Optional(A);
        var list = CelType.List(A);
        var map = CelType.Map(A, B);
        table.Type(CelType.Optional(CelType.Dyn));
        table.Global("optional.of", "optional_of", [A], optional, static (_, a) => CelValue.OptionalOf(a[0]));
        table.Global("optional.ofNonZeroValue", "optional_ofNonZeroValue", [A], optional, static (_, a) => IsZero(a[0]) ? CelValue.OptionalNone : CelValue.OptionalOf(a[0]));
        table.Global("optional.none", "optional_none", [], optional, static (_, _) => CelValue.OptionalNone);
        table.Global("optional.unwrap", "optional_unwrap", [CelType.List(optional)], list, Unwrap);
        table.Member("unwrapOpt", "optional_unwrapOpt", [CelType.List(optional)], list, Unwrap);
        table.Member("value", "optional_value", [optional], A, static (_, a) => a[0].Optional.Value);
        table.Member("hasValue", "optional_hasValue", [optional], CelType.Bool, static (_, a) => CelValue.Of(a[0].Optional.HasValue));
        table.Member("first", "list_first", [list], optional, static (_, a) => a[0].List.Count == 0 ? CelValue.OptionalNone : Some(a[0].List[0]));
        table.Member("last", "list_last", [list], optional, static (_, a) => a[0].List.Count == 0 ? CelValue.OptionalNone : Some(a[0].List[^1]));
        FunctionBody unreachable = static (_, _) => CelValue.NoSuchOverload;
        table.Member("or", "optional_or_optional", [optional, optional], optional, unreachable);
        table.Member("orValue", "optional_orValue_value", [optional, A], A, unreachable);
        table.Global(Operators.OptionalIndex, "list_optindex_optional_int", [list, CelType.Int], optional, unreachable);
        table.Global(Operators.OptionalIndex, "optional_list_optindex_optional_int", [CelType.Optional(list), CelType.Int], optional, unreachable);
        table.Global(Operators.OptionalIndex, "map_optindex_optional_value", [map, A], CelType.Optional(B), unreachable);
        table.Global(Operators.OptionalIndex, "optional_map_optindex_optional_value", [CelType.Optional(map), A], CelType.Optional(B), unreachable);
        table.Global(Operators.Index, "optional_list_index_int", [CelType.Optional(list), CelType.Int], optional, unreachable);
        table.Global(Operators.Index, "optional_map_index_value", [CelType.Optional(map), A], CelType.Optional(B), unreachable);
    }

    private static CelValue Some(CelValue value) => value.IsError ? value : CelValue.OptionalOf(value);

    private static CelValue Unwrap(Frame frame, ReadOnlySpan<CelValue> a)
    {
        var list = a[0].List;
        frame.Work(list.Count);
        var values = new List<CelValue>(list.Count);
        for (var i = 0; i < list.Count; i++)
        {
            var element = list[i];
            if (element.IsError)
                return element;
            if (element.Kind != CelValueKind.Optional)
                return CelValue.Error($"value {element} is not optional");
            if (element.Optional.HasValue)
                values.Add(element.Optional.Value);
        }
        return CelValue.Of(new ArrayList([.. values]));
    }

    private static bool IsZero(CelValue value) => value.Kind switch
    {
        CelValueKind.Null => true,
        CelValueKind.Bool => !value.IsTrue,
        CelValueKind.Int or CelValueKind.Uint or CelValueKind.Duration => value.Int == 0,
        CelValueKind.Double => value.Double == 0,
        CelValueKind.Timestamp => value.Timestamp == new Timestamp(Timestamp.MinSeconds, 0),
        CelValueKind.String => value.String.Length == 0,
        CelValueKind.Bytes => value.Bytes.Length == 0,
        CelValueKind.List => value.List.Count == 0,
        CelValueKind.Map => value.Map.Count == 0,
        _ => false,
    };
}

/// <summary>
/// The other value when an optional has none; it is computed only then. <c>orValue</c> unwraps, <c>or</c> stays optional.
/// </summary>
internal sealed class OptionalOrNode(Node optional, Node otherwise, bool unwrap) : Node
{
    public override CelValue Evaluate(Frame frame)
    {
        var value = optional.Evaluate(frame);
        if (value.IsError)
            return value;
        if (value.Kind != CelValueKind.Optional)
            return CelValue.NoSuchOverload;
        if (value.Optional.HasValue)
            return unwrap ? value.Optional.Value : value;
        return otherwise.Evaluate(frame);
    }
}
