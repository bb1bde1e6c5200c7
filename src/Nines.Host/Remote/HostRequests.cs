using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Nines.Host.Api;

namespace Nines.Host.Remote;

/// <summary>Turns requests into calls of a host.</summary>
internal sealed class HostRequests(IHost host)
{
    /// <summary>Longest a report may wait.</summary>
    private static readonly TimeSpan MaxWait = TimeSpan.FromMinutes(5);

    public async Task HandleAsync(HttpContext context)
    {
        try
        {
            await DispatchAsync(context, context.RequestAborted);
        }
        catch (VmNotFoundException exception)
        {
            await RefuseAsync(context, StatusCodes.Status404NotFound, exception.Message);
        }
        catch (Exception exception) when (exception is FormatException or JsonException or BadHttpRequestException)
        {
            await RefuseAsync(context, StatusCodes.Status400BadRequest, exception.Message);
        }
        catch (Exception exception) when (!context.RequestAborted.IsCancellationRequested)
        {
            await RefuseAsync(context, StatusCodes.Status500InternalServerError, exception.Message);
        }
    }

    private Task DispatchAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var path = context.Request.Path.Value ?? "";
        return (context.Request.Method, path) switch
        {
            ("GET", RemotePaths.Facts) => FactsAsync(context, cancellationToken),
            ("PUT", RemotePaths.State) => ApplyAsync(context, cancellationToken),
            ("GET", RemotePaths.Report) => ReportAsync(context, cancellationToken),
            ("GET", RemotePaths.Usage) => MeasureAsync(context, cancellationToken),
            ("GET", RemotePaths.Processors) => MeasureProcessorsAsync(context, cancellationToken),
            ("DELETE", RemotePaths.Everything) => PurgeAsync(context, cancellationToken),
            _ => path.Split('/') is ["", "v1", "machines", var id, var part] && context.Request.Method == "GET"
                ? OfMachineAsync(context, id, part, cancellationToken)
                : RefuseAsync(context, StatusCodes.Status404NotFound, $"There is nothing at {path}."),
        };
    }

    private async Task FactsAsync(HttpContext context, CancellationToken cancellationToken) =>
        await context.Response.WriteAsJsonAsync(await host.DescribeAsync(cancellationToken), HostJsonContext.Default.HostFacts, null, cancellationToken);

    private async Task ApplyAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var desired = await JsonSerializer.DeserializeAsync(context.Request.Body, HostJsonContext.Default.HostState, cancellationToken)
            ?? throw new FormatException("The desired state is empty.");
        var result = await host.ApplyAsync(desired, cancellationToken);
        await context.Response.WriteAsJsonAsync(result, HostJsonContext.Default.ApplyResult, null, cancellationToken);
    }

    private async Task ReportAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var after = Number(context, "after");
        var wait = TimeSpan.FromMilliseconds(Math.Clamp(Number(context, "waitMilliseconds"), 0, MaxWait.TotalMilliseconds));
        var report = await host.ReportAsync(after, wait, cancellationToken);
        await context.Response.WriteAsJsonAsync(report, HostJsonContext.Default.HostReport, null, cancellationToken);
    }

    private async Task MeasureAsync(HttpContext context, CancellationToken cancellationToken) =>
        await context.Response.WriteAsJsonAsync(await host.MeasureAsync(cancellationToken), HostJsonContext.Default.HostUsage, null, cancellationToken);

    private async Task MeasureProcessorsAsync(HttpContext context, CancellationToken cancellationToken) =>
        await context.Response.WriteAsJsonAsync(await host.MeasureProcessorsAsync(cancellationToken), HostJsonContext.Default.ProcessorTimes, null, cancellationToken);

    private async Task PurgeAsync(HttpContext context, CancellationToken cancellationToken)
    {
        await host.PurgeAsync(cancellationToken);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private async Task OfMachineAsync(HttpContext context, string id, string part, CancellationToken cancellationToken)
    {
        switch (part)
        {
            case "console":
                var text = await host.ReadConsoleAsync(id, (int)Math.Min(Number(context, "maxBytes"), int.MaxValue), cancellationToken);
                await context.Response.Body.WriteAsync(text, cancellationToken);
                break;
            case "screenshot":
                var picture = await host.ScreenshotAsync(id, cancellationToken);
                context.Response.ContentType = "image/png";
                await context.Response.Body.WriteAsync(picture, cancellationToken);
                break;
            case "tpm-key" when Enum.TryParse<TpmKeyType>(context.Request.Query["type"], out var type):
                await context.Response.Body.WriteAsync(await host.ReadTpmKeyAsync(id, type, cancellationToken), cancellationToken);
                break;
            case "password":
                await context.Response.Body.WriteAsync(await host.ReadPasswordAsync(id, cancellationToken), cancellationToken);
                break;
            case "uefi-variables":
                await context.Response.Body.WriteAsync(await host.ReadUefiVariablesAsync(id, cancellationToken), cancellationToken);
                break;
            case "live-console" when context.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true } upgrade:
                await using (var console = await host.OpenConsoleAsync(id, cancellationToken))
                {
                    context.Response.Headers.Upgrade = RemotePaths.ConsoleProtocol;
                    await using var connection = await upgrade.UpgradeAsync();
                    await JoinAsync(console, connection, cancellationToken);
                }

                break;
            default:
                await RefuseAsync(context, StatusCodes.Status404NotFound, $"A machine has no {part}.");
                break;
        }
    }

    /// <summary>Passes bytes both ways until either side ends.</summary>
    private static async Task JoinAsync(Stream console, Stream connection, CancellationToken cancellationToken)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task[] ways = [CopyAsync(console, connection, over.Token), CopyAsync(connection, console, over.Token)];
        await Task.WhenAny(ways);
        await over.CancelAsync();
        await Task.WhenAll(ways);
    }

    private static async Task CopyAsync(Stream from, Stream to, CancellationToken cancellationToken)
    {
        var buffer = new byte[4096];
        try
        {
            int count;
            while ((count = await from.ReadAsync(buffer, cancellationToken)) > 0)
            {
                await to.WriteAsync(buffer.AsMemory(0, count), cancellationToken);
                await to.FlushAsync(cancellationToken);
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // One side hung up, which ends the other.
        }
    }

    private static long Number(HttpContext context, string name) =>
        long.Parse(context.Request.Query[name].ToString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);

    private static async Task RefuseAsync(HttpContext context, int status, string message)
    {
        if (context.Response.HasStarted)
        {
            context.Abort();
            return;
        }

        context.Response.StatusCode = status;
        await context.Response.WriteAsync(message);
    }
}
