using Flotilla.Kubernetes.Cel.Checking;
using Flotilla.Kubernetes.Cel.Syntax;
using Flotilla.Kubernetes.Cel.Values;
using static Flotilla.Kubernetes.Cel.Checking.FunctionTable;

namespace Flotilla.Kubernetes.Cel.Functions;

/// <summary>
/// The function behind <c>transformMap</c> and <c>transformMapEntry</c>. Source cannot name it: its first argument is the
/// loop's own map, which it changes in place.
/// </summary>
internal static class MapInsertion
{
    public static void Declare(FunctionTable table)
    {
        var map = CelType.Map(A, B);
        table.Global(TwoVariableMacros.MapInsert, "@mapInsert_map_key_value", [map, A, B], map, static (_, a) => Insert(a[0], a[1], a[2]) ?? a[0]);
        table.Global(TwoVariableMacros.MapInsert, "@mapInsert_map_map", [map, map], map, static (frame, a) =>
        {
            var added = a[1].Map;
            frame.Work(added.Count);
            foreach (var key in added.Keys)
            {
                if (added.TryGet(key, out var value) && Insert(a[0], key, value) is { } error)
                    return error;
            }
            return a[0];
        });
    }

    private static CelValue? Insert(CelValue map, CelValue key, CelValue value)
    {
        if (value.IsError)
            return value;
        if (!MapKeys.IsKey(key))
            return CelValue.Error($"unsupported key type: {RuntimeTypes.Of(key).Name}");
        return ((DictionaryMap)map.Map).TryAdd(key, value) ? null : CelValue.Error($"insert failed: key {key} already exists");
    }
}
