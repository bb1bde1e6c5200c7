using Nines.Control.Admin;
using Nines.Control.Store;

namespace Nines.Control.Services.Ec2.Reachability;

/// <summary>Answers the operator who asks whether a packet would arrive.</summary>
internal sealed class ReachTeller(Cloud cloud)
{
    private readonly ReachEngine _engine = new(cloud);
    private readonly ReachParser _parser = new(cloud);

    /// <summary>Follows a packet between two things of an account.</summary>
    /// <exception cref="Nines.Wire.AwsException">One of them does not exist, or the protocol or the port is none.</exception>
    public ReachResult Tell(string accountId, ReachRequest request)
    {
        var (name, traffic) = Parse(request.To ?? throw Ec2Errors.MissingParameter("To"), request.Protocol ?? "tcp");
        var from = _parser.Parse(accountId, request.From ?? throw Ec2Errors.MissingParameter("From"));
        var verdict = _engine.Follow(from, _parser.Parse(accountId, name, from), traffic);
        return new(verdict.IsReachable, [.. verdict.Steps.Select(step => new ReachLine(step.ResourceId, step.Passes, step.Text, step.IsAnswer))]);
    }

    private static (string Name, ReachTraffic Traffic) Parse(string to, string protocol)
    {
        if (protocol == "icmp")
        {
            return (to, ReachTraffic.Echo);
        }

        var (name, port) = ReachParser.Split(to);
        return protocol is "tcp" or "udp" ? (name, new(protocol, port)) : throw Ec2Errors.InvalidValue("Protocol", protocol, "Valid values are tcp, udp and icmp.");
    }
}
