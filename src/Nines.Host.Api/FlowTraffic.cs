namespace Nines.Host.Api;

/// <summary>Which packets a flow log tells of.</summary>
public enum FlowTraffic
{
    /// <summary>Those that passed, and those that did not.</summary>
    All,

    /// <summary>Those that groups and access lists let pass.</summary>
    Accept,

    /// <summary>Those that they did not.</summary>
    Reject,
}
