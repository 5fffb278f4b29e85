using YamlDotNet.Core;
using YamlDotNet.Core.Tokens;

namespace Flotilla.Kubernetes.Yaml.Scanning;

/// <summary>
/// Tokens of YAML 1.1 as go-yaml v2 (libyaml) finds them. YamlDotNet's own scanner leans to YAML 1.2 and refuses text that kubectl
/// reads (a closing bracket at the margin, quoted text that goes on there, <c>"x"#y</c>) or reads what kubectl refuses (tabs as
/// indentation, keys over several lines); its parser takes these tokens instead.
/// </summary>
/// <remarks>
/// The difficulty of YAML: a key shows only at the colon after it. Therefore each place where a key may begin is remembered, one for each
/// open flow collection, and tokens are held back until it is clear whether a Key token belongs before them.
/// </remarks>
internal sealed class YamlScanner : IScanner
{
    /// <summary>How far its colon may be from the beginning of a key.</summary>
    private const int MaxKeyLength = 1024;

    private readonly YamlCursor cursor;
    private readonly List<Token> tokens = [];
    private readonly Stack<int> indents = new();
    private readonly List<Level> levels = [new Level('\0')];
    private Token? last;
    private int taken;
    private int next;
    private int indent = -1;
    private bool keyAllowed = true;
    private bool ended;

    public YamlScanner(string text)
    {
        cursor = new YamlCursor(text);
        Add(new StreamStart(cursor.Mark, cursor.Mark));
    }

    public Mark CurrentPosition => cursor.Mark;

    public Token? Current { get; private set; }

    private bool InFlow => levels.Count > 1;

    public bool MoveNext()
    {
        ConsumeCurrent();
        return MoveNextWithoutConsuming();
    }

    public bool MoveNextWithoutConsuming()
    {
        if (Current is not null)
            return Current is not StreamEnd;
        while (next == tokens.Count ? !ended : HeadMayFollowKey())
            Fetch();
        if (next == tokens.Count)
            return false;
        Current = tokens[next++];
        taken++;
        if (next == tokens.Count)
        {
            tokens.Clear();
            next = 0;
        }
        return true;
    }

    public void ConsumeCurrent()
    {
        if (Current is not StreamEnd)
            Current = null;
    }

    /// <summary>Whether a colon further on can still demand a Key before the next token.</summary>
    private bool HeadMayFollowKey()
    {
        foreach (var level in levels)
        {
            if (level.Key is { } key && key.Token == taken)
                return IsStillPossible(level);
        }
        return false;
    }

    private void Fetch()
    {
        SkipToToken();
        UnrollIndent(cursor.Column);
        if (cursor.IsAtEnd)
        {
            FetchEnd();
            return;
        }
        if (cursor.Column == 0 && cursor.Current == '%')
        {
            CloseAll();
            Add(TagsAndDirectives.Directive(cursor));
            return;
        }
        if (cursor.IsAtDocumentIndicator)
        {
            FetchDocumentIndicator();
            return;
        }
        var blankFollows = YamlCursor.IsBlankOrEnd(cursor.Peek(1));
        switch (cursor.Current)
        {
            case '[' or '{':
                FetchFlowStart();
                break;
            case ']' or '}':
                FetchFlowEnd();
                break;
            case ',':
                RemoveKey();
                keyAllowed = true;
                levels[^1].HasExplicitKey = false;
                Add(new FlowEntry(cursor.Mark, SkipIndicator()));
                break;
            case '-' when blankFollows:
                FetchBlockEntry();
                break;
            case '?' when InFlow || blankFollows:
                FetchExplicitKey();
                break;
            case ':' when InFlow || blankFollows:
                FetchValue();
                break;
            case '*' or '&':
                SaveKey();
                keyAllowed = false;
                AddNode(ScanAnchor());
                break;
            case '!':
                SaveKey();
                keyAllowed = false;
                AddNode(TagsAndDirectives.Tag(cursor));
                break;
            case '|' or '>' when !InFlow:
                RemoveKey();
                keyAllowed = true;
                AddNode(BlockScalars.Scan(cursor, indent));
                break;
            case '\'' or '"':
                SaveKey();
                keyAllowed = false;
                AddNode(FlowScalars.Quoted(cursor));
                break;
            case '#' or '|' or '>' or '%' or '@' or '`' or '\t':
                throw cursor.Problem("found character that cannot start any token");
            default:
                SaveKey();
                AddNode(FlowScalars.Plain(cursor, indent + 1, InFlow, out var endedLine));
                keyAllowed = endedLine;
                break;
        }
    }

    /// <summary>Skips blanks, comments and empty lines. Tabs are no indentation: where a key may begin they are not skipped.</summary>
    private void SkipToToken()
    {
        while (true)
        {
            while (cursor.Current == ' ' || (cursor.Current == '\t' && (InFlow || !keyAllowed)))
                cursor.Skip();
            cursor.SkipComment();
            if (!YamlCursor.IsBreak(cursor.Current))
                return;
            cursor.SkipBreak();
            if (!InFlow)
                keyAllowed = true;
        }
    }

    private void FetchEnd()
    {
        CloseAll();
        ended = true;
        Add(new StreamEnd(cursor.Mark, cursor.Mark));
    }

    /// <summary>Closes what is open before a document, or the text, begins or ends.</summary>
    private void CloseAll()
    {
        UnrollIndent(-1);
        RemoveKey();
        keyAllowed = false;
    }

    private void FetchDocumentIndicator()
    {
        CloseAll();
        var start = cursor.Mark;
        var isStart = cursor.Current == '-';
        cursor.Skip(3);
        Add(isStart ? new DocumentStart(start, cursor.Mark) : new DocumentEnd(start, cursor.Mark));
    }

    private void FetchFlowStart()
    {
        SaveKey();
        var start = cursor.Mark;
        var isSequence = cursor.Current == '[';
        cursor.Skip();
        AddNode(isSequence ? new FlowSequenceStart(start, cursor.Mark) : new FlowMappingStart(start, cursor.Mark));
        levels.Add(new Level(isSequence ? ']' : '}'));
        keyAllowed = true;
    }

    private void FetchFlowEnd()
    {
        RemoveKey();
        if (InFlow)
            levels.RemoveAt(levels.Count - 1);
        keyAllowed = false;
        var start = cursor.Mark;
        var isSequence = cursor.Current == ']';
        cursor.Skip();
        Add(isSequence ? new FlowSequenceEnd(start, cursor.Mark) : new FlowMappingEnd(start, cursor.Mark));
    }

    private void FetchBlockEntry()
    {
        if (!InFlow)
        {
            if (!keyAllowed)
                throw cursor.Problem("block sequence entries are not allowed in this context");
            if (RollIndent(cursor.Column))
                Add(new BlockSequenceStart(cursor.Mark, cursor.Mark));
        }
        RemoveKey();
        keyAllowed = true;
        Add(new BlockEntry(cursor.Mark, SkipIndicator()));
    }

    private void FetchExplicitKey()
    {
        if (!InFlow)
        {
            if (!keyAllowed)
                throw cursor.Problem("mapping keys are not allowed in this context");
            if (RollIndent(cursor.Column))
                Add(new BlockMappingStart(cursor.Mark, cursor.Mark));
        }
        RemoveKey();
        keyAllowed = !InFlow;
        levels[^1].HasExplicitKey = true;
        Add(new Key(cursor.Mark, SkipIndicator()));
    }

    private void FetchValue()
    {
        var level = levels[^1];
        if (IsStillPossible(level))
        {
            var key = level.Key!;
            var at = next + key.Token - taken;
            tokens.Insert(at, new Key(key.Mark, key.Mark));
            if (!InFlow && RollIndent((int)key.Mark.Column - 1))
                tokens.Insert(at, new BlockMappingStart(key.Mark, key.Mark));
            level.Key = null;
            keyAllowed = false;
        }
        else if (InFlow)
        {
            // A node that began on another line, or too far back, is no key; the parser would take it for one all the same.
            if (!level.HasExplicitKey && EndsNode(last))
                throw MissingSeparator();
            keyAllowed = false;
        }
        else
        {
            if (!keyAllowed)
                throw cursor.Problem("mapping values are not allowed in this context");
            if (RollIndent(cursor.Column))
                Add(new BlockMappingStart(cursor.Mark, cursor.Mark));
            keyAllowed = true;
        }
        level.HasExplicitKey = false;
        Add(new Value(cursor.Mark, SkipIndicator()));
    }

    private Token ScanAnchor()
    {
        var start = cursor.Mark;
        var isAlias = cursor.Current == '*';
        cursor.Skip();
        var name = cursor.ReadWord();
        if (name.Length == 0 || !(YamlCursor.IsBlankOrEnd(cursor.Current) || cursor.Current is '?' or ':' or ',' or ']' or '}' or '%' or '@' or '`'))
            throw cursor.Problem("did not find expected alphabetic or numeric character");
        return isAlias ? new AnchorAlias(new AnchorName(name), start, cursor.Mark) : new Anchor(new AnchorName(name), start, cursor.Mark);
    }

    private Mark SkipIndicator()
    {
        cursor.Skip();
        return cursor.Mark;
    }

    /// <summary>Opens a block when the column is further in than the current one.</summary>
    private bool RollIndent(int column)
    {
        if (indent >= column)
            return false;
        indents.Push(indent);
        indent = column;
        return true;
    }

    /// <summary>Closes the blocks that are further in than the column.</summary>
    private void UnrollIndent(int column)
    {
        if (InFlow)
            return;
        while (indent > column)
        {
            Add(new BlockEnd(cursor.Mark, cursor.Mark));
            indent = indents.Pop();
        }
    }

    private void Add(Token token)
    {
        tokens.Add(token);
        last = token;
    }

    /// <summary>Adds a token with which a node begins. The parser lets two nodes stand side by side in a flow mapping; YAML does not.</summary>
    private void AddNode(Token token)
    {
        if (InFlow && EndsNode(last))
            throw MissingSeparator();
        Add(token);
    }

    private static bool EndsNode(Token? token) => token is Scalar or AnchorAlias or FlowSequenceEnd or FlowMappingEnd;

    private YamlReadException MissingSeparator() => cursor.Problem($"did not find expected ',' or '{levels[^1].Closer}'");

    /// <summary>Remembers that the next token may turn out to be a key. In a block, at its indentation, it must.</summary>
    private void SaveKey()
    {
        if (!keyAllowed)
            return;
        var required = !InFlow && indent == cursor.Column;
        RemoveKey();
        levels[^1].Key = new PossibleKey(required, taken + tokens.Count - next, cursor.Mark);
    }

    private void RemoveKey()
    {
        if (levels[^1].Key is { IsRequired: true })
            throw cursor.Problem("could not find expected ':'");
        levels[^1].Key = null;
    }

    /// <summary>Whether the key that may have begun can still get its colon: on the same line, and not too far on.</summary>
    private bool IsStillPossible(Level level)
    {
        if (level.Key is not { } key)
            return false;
        if (!ended && key.Mark.Line == cursor.Line + 1 && key.Mark.Index + MaxKeyLength >= cursor.Position)
            return true;
        if (key.IsRequired)
            throw cursor.Problem("could not find expected ':'");
        level.Key = null;
        return false;
    }

    /// <summary>A place where a key may have begun.</summary>
    /// <param name="IsRequired">Whether nothing but a key can stand there.</param>
    /// <param name="Token">How many tokens come before it.</param>
    /// <param name="Mark">Where it is.</param>
    private sealed record PossibleKey(bool IsRequired, int Token, Mark Mark);

    /// <summary>The block context, or an open flow collection.</summary>
    private sealed class Level(char closer)
    {
        public char Closer { get; } = closer;

        public PossibleKey? Key { get; set; }

        public bool HasExplicitKey { get; set; }
    }
}
