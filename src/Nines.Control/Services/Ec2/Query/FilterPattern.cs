namespace Nines.Control.Services.Ec2.Query;

/// <summary>
/// One value of a filter. <c>*</c> stands for any characters, <c>?</c> for one or none, a backslash takes the character
/// after it literally; case counts. Source: "List and filter your resources" of the EC2 user guide.
/// </summary>
internal sealed class FilterPattern
{
    private const int Unbounded = int.MaxValue;

    // The literal characters, and before each of them (and after the last) how many other characters may stand there.
    private readonly string _literals;
    private readonly int[] _gaps;
    private readonly bool _hasWildcard;

    private FilterPattern(string literals, int[] gaps)
    {
        _literals = literals;
        _gaps = gaps;
        _hasWildcard = gaps.AsSpan().ContainsAnyExcept(0);
    }

    /// <summary>The value that alone matches, or <see langword="null"/> when there are wildcards.</summary>
    public string? Exact => _hasWildcard ? null : _literals;

    /// <summary>Reads a filter's value.</summary>
    public static FilterPattern Parse(string value)
    {
        if (value.AsSpan().IndexOfAny('*', '?', '\\') < 0)
        {
            return new FilterPattern(value, []);
        }

        var literals = new List<char>(value.Length);
        var gaps = new List<int>(value.Length + 1) { 0 };
        for (var index = 0; index < value.Length; index++)
        {
            switch (value[index])
            {
                case '*':
                    gaps[^1] = Unbounded;
                    break;
                case '?':
                    gaps[^1] = gaps[^1] == Unbounded ? Unbounded : gaps[^1] + 1;
                    break;
                default:
                    // A backslash at the very end has nothing to escape and means itself.
                    index += value[index] == '\\' && index + 1 < value.Length ? 1 : 0;
                    literals.Add(value[index]);
                    gaps.Add(0);
                    break;
            }
        }

        return new FilterPattern(new string([.. literals]), [.. gaps]);
    }

    /// <summary>Whether the whole of <paramref name="text"/> fits.</summary>
    public bool Matches(string text)
    {
        if (!_hasWildcard)
        {
            return string.Equals(text, _literals, StringComparison.Ordinal);
        }

        return _literals.Length <= text.Length && MatchesWithGaps(text);
    }

    private bool MatchesWithGaps(string text)
    {
        // reachable[p]: the first p characters of the text fit the part of the pattern read so far. Each step costs the
        // text's length, so a hostile pattern costs pattern times text and never more.
        var reachable = new bool[text.Length + 1];
        reachable[0] = true;
        for (var index = 0; index <= _literals.Length; index++)
        {
            Widen(reachable, _gaps[index]);
            if (index < _literals.Length)
            {
                Advance(reachable, text, _literals[index]);
            }
        }

        return reachable[^1];
    }

    private static void Widen(bool[] reachable, int gap)
    {
        if (gap == 0)
        {
            return;
        }

        // Counts down from the last reachable place; walking upwards sees each place once.
        var left = -1;
        for (var place = 0; place < reachable.Length; place++)
        {
            if (reachable[place])
            {
                left = gap;
            }
            else if (left > 0)
            {
                reachable[place] = true;
                left -= gap == Unbounded ? 0 : 1;
            }
        }
    }

    private static void Advance(bool[] reachable, string text, char literal)
    {
        for (var place = text.Length; place > 0; place--)
        {
            reachable[place] = reachable[place - 1] && text[place - 1] == literal;
        }

        reachable[0] = false;
    }
}
