using Microsoft.Extensions.Logging;
using Nines.Api;
using Nines.Control.Admin;
using Nines.Control.Identity;
using Nines.Control.Ids;
using Nines.Control.Services.Sts;
using Nines.Wire.Resolve;

namespace Nines.Control.Gateway;

/// <summary>Puts a gateway together from what it serves.</summary>
internal sealed class GatewayBuilder
{
    /// <summary>Where it listens.</summary>
    public required GatewayOptions Options { get; init; }

    /// <summary>The long-term keys.</summary>
    public required AccessKeys Keys { get; init; }

    /// <summary>The temporary keys.</summary>
    public required SessionTokens Sessions { get; init; }

    /// <summary>The slices that answer them, beside STS, which the gateway brings along.</summary>
    public required IReadOnlyList<IOperations> Operations { get; init; }

    /// <summary>The operator's verbs.</summary>
    public AdminOperations Admin { get; init; } = new();

    /// <summary>Finds what a request asks for.</summary>
    public OperationResolver Resolver { get; init; } = AwsServices.CreateResolver();

    /// <summary>Where request ids come from.</summary>
    public required IIdSource Ids { get; init; }

    /// <summary>The clock.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>The log.</summary>
    public required ILoggerFactory Loggers { get; init; }

    /// <summary>Maps every operation and makes the server, not yet started.</summary>
    public GatewayServer Build()
    {
        var table = new OperationTable();
        foreach (var slice in Operations.Prepend(new StsOperations(Sessions)))
        {
            slice.Map(table);
        }

        var admission = new Admission(Options.Limits);
        var intake = new Intake(Options.Limits, admission);
        var authenticator = new Authenticator(Keys, Sessions, Options.Region);
        var pipeline = new Pipeline(Options, Resolver, table, authenticator, intake, Time, Loggers.CreateLogger<Pipeline>());
        var admin = new AdminEndpoint(Options, Admin, authenticator, intake, Time, Loggers.CreateLogger<AdminEndpoint>());
        var application = new GatewayApplication(Options, pipeline, admin, admission, Ids, Time, Loggers.CreateLogger<GatewayApplication>());
        return new GatewayServer(Options, application, admin, admission, Loggers);
    }
}
