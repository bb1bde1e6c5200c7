using System.Diagnostics;
using Spectre.Console;

namespace Nines.Terminal;

/// <summary>Shows one long step: a spinner with the newest line and the seconds on a terminal, plain lines elsewhere.</summary>
internal static class Step
{
    /// <summary>Runs <paramref name="work"/> and shows what it reports, how long it has taken, and that it is done.</summary>
    public static async Task<T> RunAsync<T>(string title, Func<IProgress<string>, Task<T>> work)
    {
        var clock = Stopwatch.StartNew();
        if (!Output.IsInteractive)
        {
            Output.Note($"{title} …");
            var plain = await work(new Lines(line => Output.Note($"  {line}")));
            Output.Note($"{title}: done in {clock.Elapsed.TotalSeconds:0.0} s");
            return plain;
        }

        var result = await Output.Errors.Status().Spinner(Spinner.Known.Dots).StartAsync(Markup.Escape(title), async context =>
        {
            var line = "";
            using var timer = new Timer(_ => context.Status(Markup.Escape($"{title}  {clock.Elapsed.TotalSeconds:0} s  {line}")), null, 0, 250);
            return await work(new Lines(text => line = text.Length > 80 ? text[..80] : text));
        });
        Output.Errors.MarkupLineInterpolated($"[green]✓[/] {title} [grey]{clock.Elapsed.TotalSeconds:0.0} s[/]");
        return result;
    }

    /// <inheritdoc cref="RunAsync{T}"/>
    public static Task RunAsync(string title, Func<IProgress<string>, Task> work) => RunAsync(title, async progress =>
    {
        await work(progress);
        return true;
    });

    private sealed class Lines(Action<string> show) : IProgress<string>
    {
        public void Report(string value) => show(value);
    }
}
