namespace Nines.Host.Api;

/// <summary>How far a host is with a <see cref="FastLaunchSpec"/>.</summary>
public enum FastLaunchReadiness
{
    /// <summary>The memory is not kept yet; until then machines boot.</summary>
    Preparing,

    /// <summary>Machines of the shape start as copies of kept memory.</summary>
    Ready,

    /// <summary>The memory could not be kept; the message says why. A host tries again by itself where that can help.</summary>
    Failed,
}
