using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Nines.Control.Gateway;

/// <summary>What the gateway measures.</summary>
internal static class GatewayMeters
{
    private static readonly Histogram<double> s_duration = Meters.Nines.CreateHistogram<double>(
        "nines.gateway.request.duration", "s", "Time from a request's headers to the last byte of its answer");

    /// <summary>Notes an answered request.</summary>
    public static void Answered(string action, int status, string? errorCode, double seconds)
    {
        if (!s_duration.Enabled)
        {
            return;
        }

        s_duration.Record(seconds, new TagList { { "action", action }, { "status", status }, { "error", errorCode ?? "" } });
    }
}
