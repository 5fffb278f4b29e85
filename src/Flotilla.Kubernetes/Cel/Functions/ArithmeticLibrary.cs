using Flotilla.Kubernetes.Cel.Checking;
using Flotilla.Kubernetes.Cel.Evaluation;
using Flotilla.Kubernetes.Cel.Syntax;
using Flotilla.Kubernetes.Cel.Values;
using static Flotilla.Kubernetes.Cel.CelType;
using static Flotilla.Kubernetes.Cel.Checking.FunctionTable;

namespace Flotilla.Kubernetes.Cel.Functions;

/// <summary>Arithmetic that fails rather than overflow, and order.</summary>
internal static class ArithmeticLibrary
{
    private const string IntOverflow = "integer overflow";
    private const string UintOverflow = "unsigned integer overflow";
    private const string DurationOverflow = "duration overflow";
    private const string TimestampOverflow = "timestamp overflow";

    public static void Declare(FunctionTable table)
    {
        Ints(table);
        Uints(table);
        Doubles(table);
        Times(table);
        Concatenation(table);
        Order(table, Operators.Less, "less", static order => order < 0);
        Order(table, Operators.LessEqual, "less_equals", static order => order <= 0);
        Order(table, Operators.Greater, "greater", static order => order > 0);
        Order(table, Operators.GreaterEqual, "greater_equals", static order => order >= 0);
    }

    private static void Ints(FunctionTable table)
    {
        Binary(Operators.Add, "add_int64", static (x, y) => x + (Int128)y);
        Binary(Operators.Subtract, "subtract_int64", static (x, y) => x - (Int128)y);
        Binary(Operators.Multiply, "multiply_int64", static (x, y) => x * (Int128)y);
        table.Global(Operators.Divide, "divide_int64", [Int, Int], Int, static (_, a) =>
            a[1].Int == 0 ? CelValue.Error("division by zero") : Whole((Int128)a[0].Int / a[1].Int));
        table.Global(Operators.Modulo, "modulo_int64", [Int, Int], Int, static (_, a) => a[1].Int switch
        {
            0 => CelValue.Error("modulus by zero"),
            -1 when a[0].Int == long.MinValue => CelValue.Error(IntOverflow),
            _ => Whole((Int128)a[0].Int % a[1].Int),
        });
        table.Global(Operators.Negate, "negate_int64", [Int], Int, static (_, a) => Whole(-(Int128)a[0].Int));

        void Binary(string function, string id, Func<long, long, Int128> compute) =>
            table.Global(function, id, [Int, Int], Int, (_, a) => Whole(compute(a[0].Int, a[1].Int)));
    }

    private static CelValue Whole(Int128 value) =>
        value < long.MinValue || value > long.MaxValue ? CelValue.Error(IntOverflow) : CelValue.Of((long)value);

    private static void Uints(FunctionTable table)
    {
        table.Global(Operators.Add, "add_uint64", [Uint, Uint], Uint, static (_, a) => Unsigned(a[0].Uint + (UInt128)a[1].Uint));
        table.Global(Operators.Subtract, "subtract_uint64", [Uint, Uint], Uint, static (_, a) =>
            a[1].Uint > a[0].Uint ? CelValue.Error(UintOverflow) : CelValue.Of(a[0].Uint - a[1].Uint));
        table.Global(Operators.Multiply, "multiply_uint64", [Uint, Uint], Uint, static (_, a) => Unsigned(a[0].Uint * (UInt128)a[1].Uint));
        table.Global(Operators.Divide, "divide_uint64", [Uint, Uint], Uint, static (_, a) =>
            a[1].Uint == 0 ? CelValue.Error("division by zero") : CelValue.Of(a[0].Uint / a[1].Uint));
        table.Global(Operators.Modulo, "modulo_uint64", [Uint, Uint], Uint, static (_, a) =>
            a[1].Uint == 0 ? CelValue.Error("modulus by zero") : CelValue.Of(a[0].Uint % a[1].Uint));
    }

    private static CelValue Unsigned(UInt128 value) => value > ulong.MaxValue ? CelValue.Error(UintOverflow) : CelValue.Of((ulong)value);

    private static void Doubles(FunctionTable table)
    {
        table.Global(Operators.Add, "add_double", [CelType.Double, CelType.Double], CelType.Double, static (_, a) => CelValue.Of(a[0].Double + a[1].Double));
        table.Global(Operators.Subtract, "subtract_double", [CelType.Double, CelType.Double], CelType.Double, static (_, a) => CelValue.Of(a[0].Double - a[1].Double));
        table.Global(Operators.Multiply, "multiply_double", [CelType.Double, CelType.Double], CelType.Double, static (_, a) => CelValue.Of(a[0].Double * a[1].Double));
        table.Global(Operators.Divide, "divide_double", [CelType.Double, CelType.Double], CelType.Double, static (_, a) => CelValue.Of(a[0].Double / a[1].Double));
        table.Global(Operators.Negate, "negate_double", [CelType.Double], CelType.Double, static (_, a) => CelValue.Of(-a[0].Double));
    }

    private static void Times(FunctionTable table)
    {
        table.Global(Operators.Add, "add_duration_duration", [CelType.Duration, CelType.Duration], CelType.Duration, static (_, a) => Span(a[0].DurationNanos + (Int128)a[1].DurationNanos));
        table.Global(Operators.Add, "add_duration_timestamp", [CelType.Duration, CelType.Timestamp], CelType.Timestamp, static (_, a) => Time(a[1].Timestamp.Add(a[0].DurationNanos)));
        table.Global(Operators.Add, "add_timestamp_duration", [CelType.Timestamp, CelType.Duration], CelType.Timestamp, static (_, a) => Time(a[0].Timestamp.Add(a[1].DurationNanos)));
        table.Global(Operators.Subtract, "subtract_duration_duration", [CelType.Duration, CelType.Duration], CelType.Duration, static (_, a) => Span(a[0].DurationNanos - (Int128)a[1].DurationNanos));
        table.Global(Operators.Subtract, "subtract_timestamp_duration", [CelType.Timestamp, CelType.Duration], CelType.Timestamp, static (_, a) =>
            a[1].DurationNanos == long.MinValue ? CelValue.Error(TimestampOverflow) : Time(a[0].Timestamp.Add(-a[1].DurationNanos)));
        table.Global(Operators.Subtract, "subtract_timestamp_timestamp", [CelType.Timestamp, CelType.Timestamp], CelType.Duration, static (_, a) =>
            a[0].Timestamp.Since(a[1].Timestamp) is { } nanos ? CelValue.Duration(nanos) : CelValue.Error(IntOverflow));
    }

    private static CelValue Span(Int128 nanos) =>
        nanos < long.MinValue || nanos > long.MaxValue ? CelValue.Error(DurationOverflow) : CelValue.Duration((long)nanos);

    private static CelValue Time(Timestamp? time) => time is { } value ? CelValue.Of(value) : CelValue.Error(TimestampOverflow);

    private static void Concatenation(FunctionTable table)
    {
        var list = CelType.List(A);
        table.Global(Operators.Add, "add_string", [CelType.String, CelType.String], CelType.String, static (frame, a) =>
        {
            frame.Reserve((long)a[0].String.Length + a[1].String.Length);
            return CelValue.Of(a[0].String + a[1].String);
        });
        table.Global(Operators.Add, "add_bytes", [CelType.Bytes, CelType.Bytes], CelType.Bytes, static (frame, a) =>
        {
            frame.Reserve((long)a[0].Bytes.Length + a[1].Bytes.Length);
            return CelValue.Of((byte[])[.. a[0].Bytes, .. a[1].Bytes]);
        });
        table.Global(Operators.Add, "add_list", [list, list], list, static (frame, a) =>
        {
            if ((long)a[0].List.Count + a[1].List.Count > int.MaxValue)
                throw new CostLimitExceeded();
            if (a[0].List is not GrowingList growing)
                return CelValue.Of(a[0].List.Concat(a[1].List));
            frame.Reserve(a[1].List.Count);
            // The accumulator of a comprehension, which nothing else can see.
            growing.AddRange(a[1].List);
            return a[0];
        });
    }

    private static void Order(FunctionTable table, string function, string id, Func<int, bool> holds)
    {
        FunctionBody compare = (_, a) =>
            Comparison.Of(a[0], a[1]) is { } order ? CelValue.Of(holds(order)) : CelValue.Error("NaN values cannot be ordered");
        (CelType Type, string Name)[] numbers = [(Int, "int64"), (Uint, "uint64"), (CelType.Double, "double")];
        (CelType Type, string Name)[] others =
            [(CelType.Bool, "bool"), (CelType.String, "string"), (CelType.Bytes, "bytes"), (CelType.Timestamp, "timestamp"), (CelType.Duration, "duration")];
        foreach (var (left, leftName) in numbers)
        {
            foreach (var (right, rightName) in numbers)
                table.Global(function, left == right ? $"{id}_{leftName}" : $"{id}_{leftName}_{rightName}", [left, right], CelType.Bool, compare);
        }
        foreach (var (type, name) in others)
            table.Global(function, $"{id}_{name}", [type, type], CelType.Bool, compare);
    }
}
