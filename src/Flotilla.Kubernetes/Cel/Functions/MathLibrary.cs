using Flotilla.Kubernetes.Cel.Checking;
using Flotilla.Kubernetes.Cel.Evaluation;
using Flotilla.Kubernetes.Cel.Syntax;
using static Flotilla.Kubernetes.Cel.CelType;

namespace Flotilla.Kubernetes.Cel.Functions;

/// <summary>Mathematics (cel-go's <c>ext.Math</c>, version 2).</summary>
internal static class MathLibrary
{
    private const string Min = "math.@min";
    private const string Max = "math.@max";

    public static IReadOnlyList<Macro> Macros { get; } =
    [
        new("least", -1, true, (c, target, a) => Extreme(c, target!, a, Min, "math.least()")),
        new("greatest", -1, true, (c, target, a) => Extreme(c, target!, a, Max, "math.greatest()")),
    ];

    public static void Declare(FunctionTable table)
    {
        Extremes(table, Min, 1);
        Extremes(table, Max, -1);
        Rounding(table);
        Signs(table);
        Bits(table);
    }

    private static Expr? Extreme(MacroContext context, Expr target, IReadOnlyList<Expr> arguments, string function, string name)
    {
        if (target is not IdentExpr { Name: "math" })
            return null;
        if (arguments.Count == 0)
            return context.Error(target, $"{name} requires at least one argument");
        if (arguments is [var only])
        {
            return MayBeNumber(only) || (only is ListExpr { Elements.Count: > 0 } list && list.Elements.All(MayBeNumber))
                ? context.Call(function, only)
                : context.Error(only, $"{name} invalid single argument value");
        }
        foreach (var argument in arguments)
        {
            if (!MayBeNumber(argument))
                return context.Error(argument, $"{name} simple literal arguments must be numeric");
        }
        return arguments.Count == 2 ? context.Call(function, arguments) : context.Call(function, context.List(arguments));
    }

    private static bool MayBeNumber(Expr expression) => expression switch
    {
        LiteralExpr literal => literal.Value.IsNumber,
        ListExpr or MapExpr or StructExpr => false,
        _ => true,
    };

    private static void Extremes(FunctionTable table, string function, int replacedWhen)
    {
        (CelType Type, string Name)[] numbers = [(CelType.Double, "double"), (Int, "int"), (Uint, "uint")];
        FunctionBody pair = (_, a) => Better(a[0], a[1]);
        FunctionBody list = (frame, a) =>
        {
            var numbers = a[0].List;
            frame.Work(numbers.Count);
            if (numbers.Count == 0)
                return CelValue.Error($"{function}(list) argument must not be empty");
            var best = numbers[0];
            for (var i = 1; i < numbers.Count && !best.IsError; i++)
                best = numbers[i].IsError ? numbers[i] : Better(best, numbers[i]);
            return best.IsError || best.IsNumber ? best : CelValue.Error("no such overload: " + function);
        };
        foreach (var (left, leftName) in numbers)
        {
            table.Global(function, $"{Id}_{leftName}", [left], left, static (_, a) => a[0]);
            table.Global(function, $"{Id}_list_{leftName}", [CelType.List(left)], left, list);
            foreach (var (right, rightName) in numbers)
                table.Global(function, $"{Id}_{leftName}_{rightName}", [left, right], left == right ? left : Dyn, pair);
        }

        CelValue Better(CelValue first, CelValue second) => Comparison.Of(first, second) is { } order
            ? (Math.Sign(order) == replacedWhen ? second : first)
            : CelValue.Error((first.IsNumber && second.IsNumber ? "NaN values cannot be ordered: " : "no such overload: ") + function);
    }

    private const string Id = "math_@extreme";

    private static void Rounding(FunctionTable table)
    {
        Real("ceil", Math.Ceiling);
        Real("floor", Math.Floor);
        Real("round", static x => Math.Round(x, MidpointRounding.AwayFromZero));
        Real("trunc", Math.Truncate);
        Test("isInf", double.IsInfinity);
        Test("isNaN", double.IsNaN);
        Test("isFinite", double.IsFinite);
        table.Global("math.sqrt", "math_sqrt_double", [CelType.Double], CelType.Double, static (_, a) => CelValue.Of(Math.Sqrt(a[0].Double)));
        table.Global("math.sqrt", "math_sqrt_int", [Int], CelType.Double, static (_, a) => CelValue.Of(Math.Sqrt(a[0].Int)));
        table.Global("math.sqrt", "math_sqrt_uint", [Uint], CelType.Double, static (_, a) => CelValue.Of(Math.Sqrt(a[0].Uint)));

        void Real(string name, Func<double, double> compute) =>
            table.Global($"math.{name}", $"math_{name}_double", [CelType.Double], CelType.Double, (_, a) => CelValue.Of(compute(a[0].Double)));

        void Test(string name, Func<double, bool> holds) =>
            table.Global($"math.{name}", $"math_{name}_double", [CelType.Double], CelType.Bool, (_, a) => CelValue.Of(holds(a[0].Double)));
    }

    private static void Signs(FunctionTable table)
    {
        table.Global("math.abs", "math_abs_double", [CelType.Double], CelType.Double, static (_, a) => CelValue.Of(Math.Abs(a[0].Double)));
        table.Global("math.abs", "math_abs_int", [Int], Int, static (_, a) => a[0].Int == long.MinValue ? CelValue.Error("integer overflow") : CelValue.Of(Math.Abs(a[0].Int)));
        table.Global("math.abs", "math_abs_uint", [Uint], Uint, static (_, a) => a[0]);
        table.Global("math.sign", "math_sign_double", [CelType.Double], CelType.Double, static (_, a) => double.IsNaN(a[0].Double) ? a[0] : CelValue.Of((double)Math.Sign(a[0].Double)));
        table.Global("math.sign", "math_sign_int", [Int], Int, static (_, a) => CelValue.Of((long)Math.Sign(a[0].Int)));
        table.Global("math.sign", "math_sign_uint", [Uint], Uint, static (_, a) => CelValue.Of(a[0].Uint == 0 ? 0UL : 1UL));
    }

    private static void Bits(FunctionTable table)
    {
        Pair("bitAnd", static (x, y) => x & y);
        Pair("bitOr", static (x, y) => x | y);
        Pair("bitXor", static (x, y) => x ^ y);
        table.Global("math.bitNot", "math_bitNot_int_int", [Int], Int, static (_, a) => CelValue.Of(~a[0].Int));
        table.Global("math.bitNot", "math_bitNot_uint_uint", [Uint], Uint, static (_, a) => CelValue.Of(~a[0].Uint));
        Shift("bitShiftLeft", static (x, bits) => x << bits);
        Shift("bitShiftRight", static (x, bits) => x >> bits);

        void Pair(string name, Func<ulong, ulong, ulong> compute)
        {
            table.Global($"math.{name}", $"math_{name}_int_int", [Int, Int], Int, (_, a) => CelValue.Of((long)compute(a[0].Uint, a[1].Uint)));
            table.Global($"math.{name}", $"math_{name}_uint_uint", [Uint, Uint], Uint, (_, a) => CelValue.Of(compute(a[0].Uint, a[1].Uint)));
        }

        void Shift(string name, Func<ulong, int, ulong> compute)
        {
            table.Global($"math.{name}", $"math_{name}_int_int", [Int, Int], Int, (_, a) => By(a[1].Int) ?? CelValue.Of((long)Shifted(a[0].Uint, a[1].Int)));
            table.Global($"math.{name}", $"math_{name}_uint_int", [Uint, Int], Uint, (_, a) => By(a[1].Int) ?? CelValue.Of(Shifted(a[0].Uint, a[1].Int)));

            CelValue? By(long bits) => bits < 0 ? CelValue.Error($"math.{name}() negative offset: {bits}") : null;

            // Shifting everything out leaves nothing; .NET would take the number of bits modulo 64.
            ulong Shifted(ulong value, long bits) => bits > 63 ? 0 : compute(value, (int)bits);
        }
    }
}
