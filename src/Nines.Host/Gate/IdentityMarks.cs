using System.Collections.Immutable;

namespace Nines.Host.Gate;

/// <summary>
/// Finds a machine's identity in what is kept of it, and puts another one in its place. The values are random and long, so
/// that what looks like one is one; they keep their lengths, so that nothing moves.
/// </summary>
internal static class IdentityMarks
{
    /// <summary>All places in a piece of memory.</summary>
    /// <param name="forms">The parts of the identity.</param>
    /// <param name="data">The piece.</param>
    /// <param name="offset">Where the piece begins.</param>
    public static IEnumerable<IdentityMark> Find(ImmutableArray<byte[]> forms, ReadOnlyMemory<byte> data, long offset)
    {
        for (var form = 0; form < forms.Length; form++)
        {
            for (var from = 0; ;)
            {
                var found = data.Span[from..].IndexOf(forms[form]);
                if (found < 0)
                {
                    break;
                }

                yield return new(form, offset + from + found);
                from += found + forms[form].Length;
            }
        }
    }

    /// <summary>Puts an identity in the marked places.</summary>
    public static void Write(ImmutableArray<byte[]> forms, IEnumerable<IdentityMark> marks, Span<byte> data)
    {
        foreach (var mark in marks)
        {
            forms[mark.Form].CopyTo(data[(int)mark.Offset..]);
        }
    }
}
