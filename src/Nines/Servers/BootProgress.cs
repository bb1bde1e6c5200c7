using System.Text.RegularExpressions;

namespace Nines.Servers;

/// <summary>
/// How long a server that boots is waited for: as long as its serial console goes on saying something new. How long a boot
/// takes depends on the image and the machine, by a factor of a hundred, but one that has fallen silent has most likely failed.
/// </summary>
/// <param name="stallTimeout">How long a console may say nothing new.</param>
/// <param name="totalTimeout">How long a boot may take at most: a guest that restarts for ever has much to say.</param>
internal sealed partial class BootProgress(TimeSpan stallTimeout, TimeSpan totalTimeout, TimeProvider time)
{
    private readonly long _started = time.GetTimestamp();
    private long _moved = time.GetTimestamp();
    private string _seen = "";

    /// <summary>The newest line of the console, without what only a terminal understands; empty before the first.</summary>
    public string LastLine { get; private set; } = "";

    /// <summary>Why to wait no longer, or <see langword="null"/>.</summary>
    public string? GivenUp => time.GetElapsedTime(_moved) > stallTimeout
        ? $"its console has said nothing new for {stallTimeout.TotalSeconds:0} s"
        : time.GetElapsedTime(_started) > totalTimeout
            ? $"it has been booting for {totalTimeout.TotalMinutes:0} minutes"
            : null;

    /// <summary>Takes what the console has said so far, or the newest part of it.</summary>
    /// <returns>Whether something is new.</returns>
    public bool Observe(string output)
    {
        if (output == _seen)
        {
            return false;
        }

        _seen = output;
        _moved = time.GetTimestamp();
        LastLine = Unprintable().Replace(output, "\n").Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).LastOrDefault("");
        return true;
    }

    [GeneratedRegex(@"\x1b(\[[0-?]*[ -/]*[@-~]|.)|[\x00-\x1f\x7f]")]
    private static partial Regex Unprintable();
}
