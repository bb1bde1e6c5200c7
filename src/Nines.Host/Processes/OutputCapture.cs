using System.Text;

namespace Nines.Host.Processes;

/// <summary>Reads a stream to its end, keeps a bounded tail of it and hands out its lines as they come.</summary>
internal sealed class OutputCapture(int maxCharacters, Action<string>? onLine)
{
    private const int MaxLineCharacters = 8192;
    private readonly StringBuilder _text = new();
    private readonly StringBuilder _line = new();
    private readonly Lock _lock = new();

    /// <summary>What was read so far; of too much, the end.</summary>
    public string Text
    {
        get
        {
            lock (_lock)
            {
                Trim(maxCharacters);
                return _text.ToString();
            }
        }
    }

    /// <summary>Reads until the stream ends.</summary>
    public async Task ReadAsync(TextReader reader, CancellationToken cancellationToken)
    {
        var buffer = new char[4096];
        int count;
        while ((count = await reader.ReadAsync(buffer.AsMemory(), cancellationToken)) > 0)
        {
            lock (_lock)
            {
                _text.Append(buffer, 0, count);

                // Twice the bound before it is cut, so that a long stream is not moved for every block.
                if (_text.Length > 2L * maxCharacters)
                {
                    Trim(maxCharacters);
                }
            }

            SplitLines(buffer.AsSpan(0, count));
        }

        EmitLine();
    }

    /// <summary>Progress displays end their lines with a carriage return, so both characters end one.</summary>
    private void SplitLines(ReadOnlySpan<char> block)
    {
        if (onLine is null)
        {
            return;
        }

        foreach (var character in block)
        {
            if (character is '\n' or '\r' || _line.Length >= MaxLineCharacters)
            {
                EmitLine();
            }

            if (character is not ('\n' or '\r'))
            {
                _line.Append(character);
            }
        }
    }

    private void EmitLine()
    {
        if (_line.Length > 0)
        {
            onLine?.Invoke(_line.ToString());
            _line.Clear();
        }
    }

    private void Trim(int length)
    {
        if (_text.Length > length)
        {
            _text.Remove(0, _text.Length - length);
        }
    }
}
