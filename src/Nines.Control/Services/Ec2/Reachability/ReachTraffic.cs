namespace Nines.Control.Services.Ec2.Reachability;

/// <summary>The kind of packet that is asked about.</summary>
/// <param name="Protocol"><c>tcp</c>, <c>udp</c> or <c>icmp</c> (an echo request).</param>
/// <param name="Port">The destination's port; ICMP's type.</param>
internal sealed record ReachTraffic(string Protocol, int Port)
{
    /// <summary>Where answers go: a port that clients of today take for themselves (IANA's dynamic ports).</summary>
    public const int EphemeralPort = 49152;

    private const string Icmp = "icmp";
    private const int EchoReply = 0;
    private const int EchoRequest = 8;

    /// <summary>An echo request.</summary>
    public static ReachTraffic Echo { get; } = new(Icmp, EchoRequest);

    /// <summary>The IANA number, as access lists write it.</summary>
    public string Number => Protocol switch
    {
        "tcp" => "6",
        "udp" => "17",
        _ => "1",
    };

    /// <summary>The answer to it.</summary>
    public ReachTraffic Answer => this with { Port = Protocol == Icmp ? EchoReply : EphemeralPort };

    /// <summary>Whether a range of ports, or an ICMP type, of a rule means it.</summary>
    public bool IsIn(int from, int to) => Protocol == Icmp ? from is -1 || from == Port : (from <= 0 && to is -1 or 65535) || (from <= Port && Port <= to);

    /// <inheritdoc/>
    public override string ToString() => Protocol == Icmp ? Icmp : $"{Protocol} {Port}";
}
